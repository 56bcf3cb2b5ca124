{{ config(materialized='table') }}
select * from {{ ref('days') }}
