{{ config(materialized='table', format='json', write_compression='GZIP') }}
select id, name from {{ ref('days') }}
