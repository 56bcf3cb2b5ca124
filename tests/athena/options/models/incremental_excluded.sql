{{ config(materialized='incremental', incremental_strategy='merge', unique_key='id', table_type='iceberg', merge_exclude_columns=['name'], force_batch=true, partitioned_by=['day']) }}
select id, name, amount, day from {{ ref('days') }}
