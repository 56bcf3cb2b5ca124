{{ config(materialized='table', table_type='iceberg', partitioned_by=['day', 'bucket(id, 4)'], force_batch=true, partitions_limit=2) }}
select id, name, day from {{ ref('days') }}
