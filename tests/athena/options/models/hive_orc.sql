{{ config(materialized='table', format='orc', write_compression='ZLIB') }}
select * from {{ ref('days') }}
