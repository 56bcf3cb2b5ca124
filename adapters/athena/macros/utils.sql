{#- Functions of SQL by their general names, in Trino's words. -#}

{% macro athena__type_float() -%}
  DOUBLE
{%- endmacro %}
{% macro athena__type_numeric() -%}
  DECIMAL(38,6)
{%- endmacro %}
{% macro athena__type_int() -%}
  INTEGER
{%- endmacro %}
{% macro athena__type_string() -%}
  VARCHAR
{%- endmacro %}

{% macro athena__safe_cast(field, type) -%}
  try_cast({{ field }} as {{ type }})
{%- endmacro %}
{% macro athena__hash(field) -%}
  lower(to_hex(md5(to_utf8(cast({{ field }} as varchar)))))
{%- endmacro %}
{% macro athena__any_value(expression) -%}
  arbitrary({{ expression }})
{%- endmacro %}
{% macro athena__bool_or(expression) -%}
  bool_or({{ expression }})
{%- endmacro %}
{% macro athena__array_append(array, new_element) -%}
  {{ array }} || {{ new_element }}
{%- endmacro %}
{% macro athena__array_concat(array_1, array_2) -%}
  {{ array_1 }} || {{ array_2 }}
{%- endmacro %}
{% macro athena__array_construct(inputs, data_type) -%}
  {{ 'array[ ' ~ inputs | join(' , ') ~ ' ]' if inputs else safe_cast('array[]', 'array(' ~ data_type ~ ')') }}
{%- endmacro %}

{% macro athena__equals(expr1, expr2) -%}
  ({{ expr1 }} {{ 'IS NOT DISTINCT FROM' if adapter.behavior.enable_truthy_nulls_equals_macro.no_warn else '=' }} {{ expr2 }})
{%- endmacro %}

{#- Zero characters from the right are none; Trino would take all from there on. -#}
{% macro athena__right(string_text, length_expression) %}
    case when {{ length_expression }} = 0
        then ''
    else
        substr({{ string_text }}, -1 * ({{ length_expression }}))
    end
{%- endmacro %}

{% macro athena__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
  {%- set list = 'array_agg(' ~ measure ~ (' ' ~ order_by_clause if order_by_clause else '') ~ ')' -%}
  array_join({{ 'slice(' ~ list ~ ', 1, ' ~ limit_num ~ ')' if limit_num else list }}, {{ delimiter_text }})
{%- endmacro %}


{% macro athena__current_timestamp() -%}
  {{ cast_timestamp('now()') }}
{%- endmacro %}

{#- Iceberg knows times to the microsecond only, views and Hive tables to the millisecond. -#}
{% macro cast_timestamp(timestamp_col) -%}
  {%- set node_config = model.get('config', {}) -%}
  {%- set is_view = node_config.get('materialized', 'table') in ['view', 'ephemeral'] -%}
  {%- set is_iceberg = node_config.get('table_type', 'hive') == 'iceberg' and not is_view -%}
  cast({{ timestamp_col }} as timestamp{{ '(6)' if is_iceberg }})
{%- endmacro %}

{% macro end_of_time() -%}
  {%- do return(adapter.dispatch('end_of_time')()) -%}
{%- endmacro %}
{% macro athena__end_of_time() -%}
  cast('9999-01-01' AS timestamp)
{%- endmacro %}

{% macro athena__date_trunc(datepart, date) -%}
  date_trunc('{{ datepart }}', {{ date }})
{%- endmacro %}
{% macro athena__dateadd(datepart, interval, from_date_or_timestamp) -%}
  date_add('{{ datepart }}', {{ interval }}, {{ from_date_or_timestamp }})
{%- endmacro %}

{#- How many borders of the part lie between the two: each smaller part counts on from the one above it. -#}
{% macro athena__datediff(first_date, second_date, datepart) -%}
  {%- set first = 'CAST(' ~ first_date ~ ' AS TIMESTAMP)' -%}
  {%- set second = 'CAST(' ~ second_date ~ ' AS TIMESTAMP)' -%}
  {%- set counted = {'quarter': ('year', 4), 'month': ('year', 12), 'hour': ('day', 24), 'minute': ('hour', 60), 'second': ('minute', 60)} -%}
  {%- if datepart == 'year' -%}
    (year({{ second }}) - year({{ first }}))
  {%- elif datepart == 'day' -%}
    ((to_milliseconds((CAST({{ second }} AS DATE) - CAST({{ first }} AS DATE)))) / 86400000)
  {%- elif datepart == 'week' -%}
    ({{ datediff(first_date, second_date, 'day') }} / 7 + case
        when dow({{ first }}) <= dow({{ second }}) then
            case when {{ first_date }} <= {{ second_date }} then 0 else -1 end
        else
            case when {{ first_date }} <= {{ second_date }} then 1 else 0 end
    end)
  {%- elif datepart == 'millisecond' -%}
    (to_milliseconds(({{ second }} - {{ first }})))
  {%- elif datepart in counted -%}
    {%- set above, count = counted[datepart] -%}
    ({{ datediff(first_date, second_date, above) }} * {{ count }} + {{ datepart }}({{ second }}) - {{ datepart }}({{ first }}))
  {%- elif execute -%}
    {%- do exceptions.raise_compiler_error("Unsupported datepart for macro datediff in Athena: '" ~ datepart ~ "'") -%}
  {%- endif -%}
{%- endmacro %}
