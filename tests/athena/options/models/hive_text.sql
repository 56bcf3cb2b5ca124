{{ config(materialized='table', format='textfile', field_delimiter='|') }}
select id, name from {{ ref('days') }}
