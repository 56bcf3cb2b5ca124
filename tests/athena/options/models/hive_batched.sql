{{ config(materialized='table', partitioned_by=['day'], force_batch=true, partitions_limit=2) }}
select * from {{ ref('days') }}
