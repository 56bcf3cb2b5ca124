{{ config(materialized='table', external_location='s3://athena-stand-in/placed/' ~ target.schema) }}
select id, name from {{ ref('days') }}
