{#- What `docs generate` asks: tables and columns with their comments, of whole databases or of single relations. -#}

{% macro clickhouse__get_catalog(information_schema, schemas) -%}
  {%- call statement('catalog', fetch_result=True) -%}
    {{ clickhouse__get_catalog_results_sql(clickhouse__get_catalog_schemas_where_clause_sql(schemas)) }}
  {%- endcall -%}
  {%- do return(load_result('catalog').table) -%}
{%- endmacro %}

{% macro clickhouse__get_catalog_relations(information_schema, relations) -%}
  {%- call statement('catalog', fetch_result=True) -%}
    {{ clickhouse__get_catalog_results_sql(clickhouse__get_catalog_relations_where_clause_sql(relations)) }}
  {%- endcall -%}
  {%- do return(load_result('catalog').table) -%}
{%- endmacro %}


{% macro clickhouse__get_catalog_results_sql(where_clause) -%}
    select
      '' as table_database,
      columns.database as table_schema,
      columns.table as table_name,
      if(tables.engine not in ('MaterializedView', 'View'), 'table', 'view') as table_type,
      nullIf(tables.comment, '') as table_comment,
      columns.name as column_name,
      columns.position as column_index,
      columns.type as column_type,
      nullIf(columns.comment, '') as column_comment,
      cast(null as Nullable(String)) as table_owner
      {%- if var('catalog_stats', false) %},
      'Rows' as `stats:row_count:label`,
      tables.total_rows as `stats:row_count:value`,
      'How many rows the table has' as `stats:row_count:description`,
      tables.total_rows is not null as `stats:row_count:include`,
      'Bytes' as `stats:bytes:label`,
      tables.total_bytes as `stats:bytes:value`,
      'How much storage the table takes' as `stats:bytes:description`,
      tables.total_bytes is not null as `stats:bytes:include`
      {%- endif %}
    from system.columns as columns
    join system.tables as tables on tables.database = columns.database and tables.name = columns.table
    {{ where_clause }}
    order by columns.database, columns.table, columns.position
{%- endmacro %}


{% macro clickhouse__get_catalog_schemas_where_clause_sql(schemas) -%}
  {%- set conditions = [] -%}
  {%- for schema in schemas -%}
    {%- do conditions.append("columns.database = '" ~ schema ~ "'") -%}
  {%- endfor -%}
  where {{ "columns.database != 'system' and (" ~ conditions | join(' or ') ~ ')' if conditions else '1 = 0' }}
{%- endmacro %}


{% macro clickhouse__get_catalog_relations_where_clause_sql(relations) -%}
  {%- set conditions = [] -%}
  {%- for relation in relations -%}
    {%- if not relation.schema -%}
      {%- do exceptions.raise_compiler_error('`get_catalog_relations` requires a list of relations, each with a schema') -%}
    {%- endif -%}
    {%- set named = " and columns.table = '" ~ relation.identifier ~ "'" if relation.identifier else '' -%}
    {%- do conditions.append("(columns.database = '" ~ relation.schema ~ "'" ~ named ~ ")") -%}
  {%- endfor -%}
  where {{ "columns.database != 'system' and (" ~ conditions | join(' or ') ~ ')' if conditions else '1 = 0' }}
{%- endmacro %}
