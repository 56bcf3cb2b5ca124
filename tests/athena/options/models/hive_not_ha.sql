{{ config(materialized='table', ha=false) }}
select * from {{ ref('days') }}
