{#- What dbt calls a schema is a database here; a relation's own `database` stays empty. -#}

{% macro clickhouse__generate_database_name(custom_database_name=none, node=none) -%}
  {%- do return('') -%}
{%- endmacro %}


{% macro clickhouse__list_schemas(database) -%}
  {%- call statement('list_schemas', fetch_result=True, auto_begin=False) -%}
    select name from system.databases
  {%- endcall -%}
  {%- do return(load_result('list_schemas').table) -%}
{%- endmacro %}


{% macro clickhouse__get_database(database) -%}
  {%- call statement('get_database', fetch_result=True) -%}
    select name, engine, comment
    from system.databases
    where name = '{{ database }}'
  {%- endcall -%}
  {%- do return(load_result('get_database').table) -%}
{%- endmacro %}


{% macro clickhouse__create_schema(relation) -%}
  {%- call statement('create_schema') -%}
    create database if not exists {{ relation.without_identifier().include(database=False) }}
        {{ on_cluster_clause(relation) }}
        {{ adapter.clickhouse_db_engine_clause() }}
  {%- endcall -%}
{%- endmacro %}


{% macro clickhouse__drop_schema(relation) -%}
  {%- call statement('drop_schema') -%}
    drop database if exists {{ relation.without_identifier().include(database=False) }} {{ on_cluster_clause(relation) }}
  {%- endcall -%}
{%- endmacro %}
