{{ config(materialized='table', table_type='iceberg', partitioned_by=['month(day)', 'bucket(id, 4)'], write_compression='ZSTD') }}
select * from {{ ref('days') }}
