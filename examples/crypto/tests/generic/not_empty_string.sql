{#- Fails for every row whose text is there but says nothing. -#}
{% test not_empty_string(model, column_name) %}

select {{ column_name }}
from {{ model }}
where {{ column_name }} is not null
  and trim({{ column_name }}) = ''

{% endtest %}
