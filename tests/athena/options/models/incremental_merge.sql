{{ config(materialized='incremental', incremental_strategy='merge', unique_key='id', table_type='iceberg', incremental_predicates=['src.id > 0', 'target.id > 0'], delete_condition="src.name = 'bob'", update_condition='src.id > 1', insert_condition='src.id < 100', temp_schema=target.schema ~ '_tmp') }}
select * from {{ ref('days') }}
