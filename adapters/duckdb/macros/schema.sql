{#- Schemas. A database attached from SQLite or MySQL has none of its own to create. -#}

{% macro duckdb__create_schema(relation) -%}
  {%- call statement('create_schema') -%}
    {%- set foreign_kinds = run_query("select type from duckdb_databases() where lower(database_name)='" ~ relation.database | lower ~ "' and type != 'duckdb'") -%}
    {%- set kind = foreign_kinds.columns[0].values()[0] if foreign_kinds | length > 0 else 'duckdb' -%}
    {%- if kind == 'sqlite' and relation.schema != 'main' -%}
      {%- do exceptions.raise_compiler_error("Schema must be 'main' when writing to sqlite instead got " ~ relation.schema) -%}
    {%- elif kind not in ('sqlite', 'mysql') %}
    create schema if not exists {{ relation.without_identifier() }}
    {%- endif %}
  {% endcall -%}
{%- endmacro %}


{% macro duckdb__drop_schema(relation) -%}
  {%- call statement('drop_schema') -%}
    drop schema if exists {{ relation.without_identifier() }} cascade
  {%- endcall -%}
{%- endmacro %}


{% macro duckdb__list_schemas(database) -%}
  {%- set query %}
    select schema_name
    from system.information_schema.schemata
    {% if database is not none -%}
    where lower(catalog_name) = '{{ database | lower }}'
    {%- endif %}
  {% endset -%}
  {%- do return(run_query(query)) -%}
{%- endmacro %}


{% macro duckdb__check_schema_exists(information_schema, schema) -%}
  {%- set query %}
    select count(*)
    from system.information_schema.schemata
    where lower(schema_name) = '{{ schema | lower }}'
    and lower(catalog_name) = '{{ information_schema.database | lower }}'
  {% endset -%}
  {%- do return(run_query(query)) -%}
{%- endmacro %}
