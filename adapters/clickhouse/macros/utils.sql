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
  {%- set words = order_by_clause.split() if order_by_clause else [] -%}
  {%- set values = 'array_agg(' ~ measure ~ ')' -%}
  {%- if words[:2] | join(' ') | lower == 'order by' -%}
    {%- if ',' in words -%}
      {%- do exceptions.raise_compiler_error('ClickHouse does not support multiple order by fields.') -%}
    {%- endif -%}
    {%- set sort = 'arrayReverseSort' if 'desc' in words[3:] | join | lower else 'arraySort' -%}
    {%- set values = 'arrayMap(x -> x.1, ' ~ sort ~ '(x -> x.2, arrayZip(' ~ values ~ ', array_agg(' ~ words[2] ~ '))))' -%}
  {%- endif -%}
  arrayStringConcat({{ 'arraySlice(' ~ values ~ ', 1, ' ~ limit_num ~ ')' if limit_num else values }}, {{ delimiter_text }})
{%- endmacro %}


{% macro clickhouse__array_construct(inputs, data_type) -%}
    {{ '[ ' ~ inputs | join(' , ') ~ ' ]' if inputs else 'emptyArray' ~ data_type ~ '()' }}
{%- endmacro %}

{% macro clickhouse__array_append(array, new_element) -%}
    arrayPushBack({{ array }}, {{ new_element }})
{%- endmacro %}

{% macro clickhouse__array_concat(array_1, array_2) -%}
    arrayConcat({{ array_1 }}, {{ array_2 }})
{%- endmacro %}
