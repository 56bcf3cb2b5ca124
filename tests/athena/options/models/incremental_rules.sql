{{ config(materialized='incremental', incremental_strategy='merge', unique_key=['id', 'name'], table_type='iceberg', merge_update_columns_default_rule='coalesce', merge_update_columns_rules={'amount': 'sum', 'tags': 'append_distinct', 'day': 'greatest(_new_, _old_)'}) }}
select * from {{ ref('days') }}
