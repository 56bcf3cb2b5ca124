{#- Fails with one row when the newest value is more than `hours` older than the project's clock, or when there is none. -#}
{% test recency_check(model, column_name, hours=24) %}

select newest
from (
    select max({{ column_name }}) as newest, count(*) as row_count
    from {{ model }}
) as latest
where row_count = 0
   or {{ seconds_between('newest', clock()) }} > {{ hours }} * 3600

{% endtest %}
