{{ config(materialized='table', catalog_name='glue') }}
select id, name from {{ ref('days') }}
