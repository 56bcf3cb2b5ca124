{#- Fails for every row whose number lies outside [min_value, max_value]; an unknown number passes. -#}
{% test price_in_range(model, column_name, min_value=0, max_value=none) %}

select {{ column_name }}
from {{ model }}
where {{ column_name }} is not null
  and (
    {{ column_name }} < {{ min_value }}
    {%- if max_value is not none %}
    or {{ column_name }} > {{ max_value }}
    {%- endif %}
  )

{% endtest %}
