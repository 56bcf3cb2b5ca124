{#- Foreign keys. DuckDB neither renames nor drops a table that another refers to, and cannot drop a foreign key; and a table
    that has one is remembered by its first name. So tables with foreign keys are built in place, and the tables that refer to
    one being replaced are put aside first, provided this run builds them again. -#}

{#- The types of constraint this model declares and enforces. -#}
{% macro enforced_constraint_types() -%}
  {%- set types = [] -%}
  {%- if config.get('contract').enforced -%}
    {%- for constraint in model.get('constraints', []) -%}
      {%- do types.append(constraint.type) -%}
    {%- endfor -%}
    {%- for column in model.get('columns', {}).values() -%}
      {%- for constraint in column.get('constraints', []) -%}
        {%- do types.append(constraint.type) -%}
      {%- endfor -%}
    {%- endfor -%}
  {%- endif -%}
  {%- do return(types) -%}
{%- endmacro %}


{% macro existing_constraint_types(relation) -%}
  {%- do return(adapter.existing_key_constraint_types(relation) if relation is not none and relation.is_table else []) -%}
{%- endmacro %}


{% macro has_foreign_key_constraints(relation=none) -%}
  {%- do return(
    adapter.catalog_supports_foreign_keys(this.database)
    and ('foreign_key' in enforced_constraint_types() or 'foreign_key' in existing_constraint_types(relation))
  ) -%}
{%- endmacro %}


{#- Only a primary key or a unique constraint can be referred to; one that stands counts even if the model no longer has it. -#}
{% macro may_be_foreign_key_target(relation=none) -%}
  {%- if not adapter.catalog_supports_foreign_keys(this.database) -%}
    {%- do return(false) -%}
  {%- endif -%}
  {%- set types = enforced_constraint_types() + existing_constraint_types(relation) -%}
  {%- do return('primary_key' in types or 'unique' in types) -%}
{%- endmacro %}


{#- In a transaction even where those are switched off, so that a failed build brings everything back. -#}
{% macro drop_relation_for_rebuild(relation) -%}
  {%- do adapter.ensure_transaction() -%}
  {%- set dropped = drop_foreign_key_dependents(relation) if relation.is_table and may_be_foreign_key_target(relation) else [] -%}
  {%- do adapter.drop_relation(relation) -%}
  {%- do return(dropped) -%}
{%- endmacro %}


{#- Puts aside every table that refers to this one, directly or through others, and answers [{relation, backup}]. Refuses when
    one of them would not be built again. Foreign keys stay within a schema, so that is where it looks. -#}
{% macro drop_foreign_key_dependents(relation) -%}
  {%- call statement('get_foreign_key_dependents', fetch_result=True) %}
    with recursive fks as (
      select table_name, referenced_table
      from duckdb_constraints()
      where constraint_type = 'FOREIGN KEY'
        and lower(database_name) = lower('{{ adapter.escape_sql_string(relation.database) }}')
        and lower(schema_name) = lower('{{ adapter.escape_sql_string(relation.schema) }}')
        and lower(table_name) <> lower(referenced_table)
    ),
    dependents(table_name, depth) as (
      select table_name, 1
      from fks
      where lower(referenced_table) = lower('{{ adapter.escape_sql_string(relation.identifier) }}')
      union
      select fks.table_name, dependents.depth + 1
      from fks
      join dependents on lower(fks.referenced_table) = lower(dependents.table_name)
    )
    select d.table_name, d.depth, f.referenced_table
    from (select table_name, max(depth) as depth from dependents group by table_name) d
    join fks f on f.table_name = d.table_name
    order by d.depth desc, d.table_name, f.referenced_table
  {% endcall -%}

  {#- The deepest come first: the order in which they can be dropped. -#}
  {%- set references = {} -%}
  {%- for row in load_result('get_foreign_key_dependents').table -%}
    {%- do references.setdefault(row[0], []).append(row[2] | lower) -%}
  {%- endfor -%}

  {%- if references -%}
    {#- Which model builds each of them, and why it might not in this run. -#}
    {%- set builder = {} -%}
    {%- set ids = {relation.identifier | lower: model.unique_id} -%}
    {%- set tables = references.keys() | map('lower') | list -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model'
          and (node.database or '') | lower == (relation.database or '') | lower
          and node.schema | lower == relation.schema | lower
          and (node.alias or node.name) | lower in tables -%}
      {%- set table = (node.alias or node.name) | lower -%}
      {%- do builder.update({table: node}) -%}
      {%- do ids.update({table: node.unique_id}) -%}
    {%- endfor -%}

    {%- set problems = [] -%}
    {%- for table, referenced in references.items() -%}
      {%- set node = builder.get(table | lower) -%}
      {%- set upstream = [] -%}
      {%- for other in referenced if other in ids -%}
        {%- do upstream.append(ids[other]) -%}
      {%- endfor -%}
      {%- if node is none -%}
        {%- set reason = "(not built by a dbt model in this project)" -%}
      {%- elif node.unique_id not in selected_resources -%}
        {%- set reason = "(model " ~ node.name ~ " is not selected in this run)" -%}
      {%- elif upstream | select('in', node.depends_on.nodes) | list | length == 0 -%}
        {%- set reason = "(model " ~ node.name ~ " does not ref() the table its foreign key points at, so dbt may not rebuild it afterwards; use `to: ref(...)` in the constraint)" -%}
      {%- else -%}
        {%- set kind = node.config.materialized -%}
        {%- set refreshed = flags.FULL_REFRESH if node.config.full_refresh is none else node.config.full_refresh -%}
        {%- set reason = none if kind == 'table' or (kind == 'incremental' and refreshed)
                         else "(model " ~ node.name ~ " is materialized as " ~ kind ~ " and would lose its data; run with --full-refresh)" -%}
      {%- endif -%}
      {%- do problems.append(table ~ " " ~ reason) if reason is not none -%}
    {%- endfor -%}

    {%- if problems -%}
      {%- do exceptions.raise_compiler_error(
        "Cannot replace " ~ relation ~ " because DuckDB does not allow replacing a table that a foreign key "
        ~ "references, and dbt-duckdb can only drop referencing tables that this run will rebuild. "
        ~ "Problem tables: " ~ problems | join("; ")) -%}
    {%- endif -%}
  {%- endif -%}

  {%- set dropped = [] -%}
  {%- for table in references -%}
    {%- set dependent = api.Relation.create(database=relation.database, schema=relation.schema, identifier=table, type='table') -%}
    {%- set backup = dependent.incorporate(path={'identifier': table ~ '__dbt_fk_backup'}, type='table') -%}
    {%- do adapter.drop_relation(backup) -%}
    {%- call statement('backup_foreign_key_dependent_' ~ loop.index) %}
      create table {{ backup }} as select * from {{ dependent }}
    {% endcall -%}
    {%- do log("Dropping " ~ dependent ~ " because it references " ~ relation ~ " through a foreign key; it is rebuilt later in this run", info=True) -%}
    {%- do adapter.drop_relation(dependent) -%}
    {%- do dropped.append({'relation': dependent, 'backup': backup}) -%}
  {%- endfor -%}
  {%- do return(dropped) -%}
{%- endmacro %}


{#- Brings the rows back, so that the tables can be read until their own models build them with their constraints. -#}
{% macro restore_foreign_key_dependents(dropped) -%}
  {%- for item in dropped | reverse -%}
    {%- do log("Restoring data for " ~ item['relation'] ~ "; its constraints are rebuilt later in this run", info=True) -%}
    {%- do adapter.rename_relation(item['backup'], item['relation']) -%}
  {%- endfor -%}
{%- endmacro %}
