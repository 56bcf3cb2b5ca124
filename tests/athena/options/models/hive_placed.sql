{{ config(materialized='table', external_location=target.s3_data_dir ~ 'placed/' ~ target.schema) }}
select id, name from {{ ref('days') }}
