{{ config(materialized='table', ha=true, versions_to_keep=2, partitioned_by=['day']) }}
select * from {{ ref('days') }}
