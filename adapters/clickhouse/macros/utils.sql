{#- ClickHouse's spelling of the functions that differ between engines. -#}

{% macro clickhouse__current_timestamp() -%}
  now()
{%- endmacro %}

{% macro clickhouse__snapshot_string_as_time(timestamp) -%}
  {%- do return("toDateTime('" ~ timestamp ~ "')") -%}
{%- endmacro %}


{#- A fixture's missing value is the type's default, since columns are not nullable unless they say so. -#}
{% macro clickhouse__safe_cast(field, dtype) -%}
  {%- if field == 'null' -%}
    CAST(defaultValueOfTypeName('{{ dtype | replace("'", "\\'") }}') AS {{ dtype }})
  {%- else -%}
    CAST({{ field }} AS {{ dtype }})
  {%- endif -%}
{%- endmacro %}


{% macro clickhouse__any_value(expression) -%}
    any({{ expression }})
{%- endmacro %}

{% macro clickhouse__bool_or(expression) -%}
    max({{ expression }}) > 0
{%- endmacro %}

{% macro clickhouse__cast_bool_to_text(field) %}
    multiIf({{ field }} > 0, 'true', {{ field }} = 0, 'false', NULL)
{% endmacro %}

{% macro clickhouse__hash(field) -%}
    lower(hex(MD5(toString({{ field }} ))))
{%- endmacro %}

{% macro clickhouse__last_day(date, datepart) -%}
    {{ dbt.dateadd('day', '-1', dbt.dateadd(datepart, '1', dbt.date_trunc(datepart, date))) }}
{%- endmacro %}

{% macro clickhouse__split_part(string_text, delimiter_text, part_number) %}
    splitByString({{ delimiter_text }}, {{ string_text }})[{{ part_number }}]
{% endmacro %}

{% macro clickhouse__replace(field, old_chars, new_chars) %}
   replaceAll({{ field }},'{{ old_chars }}','{{ new_chars }}')
{% endmacro %}


{#- An aggregate has no ORDER BY: the values are sorted as an array, by one field. -#}
{% macro clickhouse__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
    {%- set words = (order_by_clause or '').split() -%}
    {%- set values, sort = 'array_agg(' ~ measure ~ ')', 'arraySort' -%}
    {%- if words[:2] | join(' ') | lower == 'order by' %}
      {% if ',' in words %}
        {% do exceptions.raise_compiler_error('ClickHouse does not support multiple order by fields.') %}
      {% endif %}
      {% set key = 'array_agg(' ~ words[2] ~ ')' %}
      {% set pairs = 'arrayZip(' ~ values ~ ', ' ~ key ~ ')' %}
      {% if 'desc' in words[3:] | join | lower %}
        {% set sort = 'arrayReverseSort' %}
      {% endif %}
      {% set sorted = sort ~ '(x -> x.2, ' ~ pairs ~ ')' %}

      {% set values = 'arrayMap(x -> x.1, ' ~ sorted ~ ')' %}
    {% endif %}

    {% if limit_num -%}
    arrayStringConcat(arraySlice({{ values }}, 1, {{ limit_num }}), {{ delimiter_text }})
    {% else -%}
    arrayStringConcat({{ values }}, {{ delimiter_text }})
    {%- endif %}
{%- endmacro %}


{% macro clickhouse__array_construct(inputs, data_type) -%}
    {% if inputs %}
    [ {{ inputs | join(' , ') }} ]
    {% else %}
    emptyArray{{ data_type }}()
    {% endif %}
{%- endmacro %}

{% macro clickhouse__array_append(array, new_element) -%}
    arrayPushBack({{ array }}, {{ new_element }})
{% endmacro %}

{% macro clickhouse__array_concat(array_1, array_2) -%}
    arrayConcat({{ array_1 }}, {{ array_2 }})
{% endmacro %}
