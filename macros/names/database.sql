{#- In which database a node is built: its own `database`, else the target's; a catalog integration may name another. -#}

{% macro generate_database_name(custom_database_name=none, node=none) -%}
  {%- do return(adapter.dispatch('generate_database_name', 'dbt')(custom_database_name, node)) -%}
{%- endmacro %}

{% macro default__generate_database_name(custom_database_name=none, node=none) -%}
  {%- set chosen = target.database if custom_database_name is none else custom_database_name -%}
  {%- if node is not none and node | attr('database') -%}
    {%- set catalog_relation = adapter.build_catalog_relation(node) -%}
    {%- if catalog_relation and catalog_relation | attr('catalog_database') -%}
      {%- do return(catalog_relation.catalog_database) -%}
    {%- endif -%}
  {%- endif -%}
  {{ chosen }}
{%- endmacro %}
