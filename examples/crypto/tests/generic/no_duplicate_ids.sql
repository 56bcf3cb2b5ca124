{#- Fails for every row that repeats an id within `window_minutes` of the row before it. -#}
{% test no_duplicate_ids(model, column_name, time_column, window_minutes=10) %}

select id_value, seen_at, seen_before
from (
    select
        {{ column_name }} as id_value,
        {{ time_column }} as seen_at,
        row_number() over (partition by {{ column_name }} order by {{ time_column }}) as nth,
        {{ earlier_in_group(time_column, column_name) }} as seen_before
    from {{ model }}
) as ordered
where nth > 1
  and {{ seconds_between('seen_before', 'seen_at') }} < {{ window_minutes }} * 60

{% endtest %}
