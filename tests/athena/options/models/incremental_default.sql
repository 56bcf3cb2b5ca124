{{ config(materialized='incremental') }}
select id, name, {{ var('round') }} as round from {{ ref('days') }}
