{#- The name of the MotherDuck Flight that runs a Python model. It is the user's alone, so a project that builds the same
    schema from two targets gives it another. -#}

{% macro flight_name(parsed_model) -%}
  {%- do return(adapter.dispatch('flight_name', 'dbt')(parsed_model)) -%}
{%- endmacro %}

{% macro default__flight_name(parsed_model) -%}
  {%- do return(duckdb__flight_name(parsed_model)) -%}
{%- endmacro %}

{% macro duckdb__flight_name(parsed_model) -%}
  {%- set parts = [
    'dbt',
    parsed_model.get('package_name'),
    parsed_model.get('database'),
    parsed_model.get('schema'),
    parsed_model.get('alias') or parsed_model.get('name')
  ] -%}
  {%- do return(parts | select | join('-')) -%}
{%- endmacro %}
