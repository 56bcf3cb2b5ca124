{{ config(materialized='incremental', incremental_strategy='append', table_type='iceberg', on_schema_change='sync_all_columns') }}
select id, {{ 'name' if var('round') == 1 else 'cast(amount as double) as score' }} from {{ ref('days') }}
