{#- What Glue's API answers: asking by SQL is slow and fails on large databases. -#}

{% macro athena__get_catalog(information_schema, schemas) -%}
  {%- do return(adapter.glue_catalog(information_schema, schemas=schemas)) -%}
{%- endmacro %}

{% macro athena__get_catalog_relations(information_schema, relations) -%}
  {%- do return(adapter.glue_catalog(information_schema, relations=relations)) -%}
{%- endmacro %}

{% macro athena__list_schemas(database) -%}
  {%- do return(adapter.list_schemas(database)) -%}
{%- endmacro %}

{% macro athena__list_relations_without_caching(schema_relation) -%}
  {%- do return(adapter.list_relations_without_caching(schema_relation)) -%}
{%- endmacro %}

{#- The same of a catalog that is not in Glue: Lambda and Hive catalogs. -#}
{% macro athena__list_relations_by_sql(information_schema, schema) -%}
  {%- call statement('list_relations_without_caching', fetch_result=True) -%}
    select
      table_catalog as database,
      table_name as name,
      table_schema as schema,
      case when table_type = 'VIEW' then 'view' else 'table' end as type
    from {{ information_schema }}
    where table_schema = lower('{{ schema }}')
  {%- endcall -%}
  {%- do return(load_result('list_relations_without_caching').table) -%}
{%- endmacro %}
