{#- The schema of a layer: its plain name in production, behind the target's own schema elsewhere,
    so that two people never build into each other's tables. -#}
{% macro generate_alias_schema(layer) -%}
    {%- if layer is none -%}
        {{ target.schema }}
    {%- elif target.name == 'prod' -%}
        {{ layer | trim }}
    {%- else -%}
        {{ target.schema }}_{{ layer | trim }}
    {%- endif -%}
{%- endmacro %}


{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ generate_alias_schema(custom_schema_name) }}
{%- endmacro %}
