{{ config(materialized='incremental', incremental_strategy='append', table_type='iceberg', on_schema_change='append_new_columns') }}
select id, name{% if var('round') > 1 %}, 'new' as note{% endif %} from {{ ref('days') }}
