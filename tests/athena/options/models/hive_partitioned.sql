{{ config(materialized='table', partitioned_by=['day']) }}
select * from {{ ref('days') }}
