{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='sync_all_columns') }}
select id, name{% if var('round') > 1 %}, 1.5e0 as score{% endif %} from {{ ref('days') }}
