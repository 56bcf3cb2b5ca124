{#- The steps that the materialized_view materialization is made of. -#}

{#- With `catchup`, the rows the sources have now; without, empty. -#}
{% macro clickhouse__create_target_table(relation, sql, catchup=True) -%}
  {%- if catchup -%}
    {%- call statement('main') -%}
      {{ get_create_table_as_sql(False, relation, sql) }}
    {%- endcall -%}
  {%- else -%}
    {%- do log('Catchup config set to false, skipping table backfill for ' ~ relation.name) -%}
    {%- do clickhouse__create_empty_table(False, relation, sql, config.get('contract').enforced, statement_name='main') -%}
  {%- endif -%}
{%- endmacro %}


{% macro clickhouse__get_create_materialized_view_as_sql(relation, sql, views, catchup=True ) -%}
  {%- do clickhouse__create_target_table(relation, sql, catchup) -%}
  {%- do clickhouse__create_mvs(relation, on_cluster_clause(relation), refreshable_mv_clause(), views) -%}
{%- endmacro %}


{#- For databases that cannot exchange tables. -#}
{% macro clickhouse__replace_mv(target_relation, existing_relation, intermediate_relation, backup_relation, sql, views, catchup=True) -%}
  {%- set cluster_clause = on_cluster_clause(target_relation) -%}
  {%- set refreshable_clause = refreshable_mv_clause() -%}
  {%- do clickhouse__drop_mvs_by_suffixes(target_relation, cluster_clause, views) -%}
  {%- do clickhouse__create_target_table(intermediate_relation, sql, catchup) -%}
  {%- do adapter.rename_relation(existing_relation, backup_relation) -%}
  {%- do adapter.rename_relation(intermediate_relation, target_relation) -%}
  {%- do clickhouse__create_mvs(target_relation, cluster_clause, refreshable_clause, views) -%}
{%- endmacro %}


{% macro clickhouse__create_mv(mv_relation, target_relation, cluster_clause, refreshable_clause, view_sql, is_main_statement=False) -%}
  {%- call statement('main' if is_main_statement else 'create existing mv: ' ~ mv_relation.name) -%}
    create materialized view if not exists {{ mv_relation }} {{ cluster_clause }}
    {{ refreshable_clause }}
    to {{ target_relation }}
    as {{ view_sql }}
  {%- endcall -%}
{%- endmacro %}

{% macro clickhouse__modify_mv(mv_relation, cluster_clause, view_sql, is_main_statement=False) -%}
  {%- call statement('main' if is_main_statement else 'modify existing mv: ' ~ mv_relation.name) -%}
    alter table {{ mv_relation }} {{ cluster_clause }} modify query {{ view_sql }}
  {%- endcall -%}
{%- endmacro %}

{% macro clickhouse__drop_mv(mv_relation, cluster_clause) -%}
  {%- call statement('drop existing mv: ' ~ mv_relation.name) -%}
    drop view if exists {{ mv_relation }} {{ cluster_clause }}
  {%- endcall -%}
{%- endmacro %}


{#- A view that stands gets the new query; where there is none, it is made. -#}
{% macro clickhouse__update_mv(mv_relation, target_relation, cluster_clause, refreshable_clause, view_sql) -%}
  {%- set standing = adapter.get_relation(database=mv_relation.database, schema=mv_relation.schema, identifier=mv_relation.identifier) -%}
  {%- if standing -%}
    {%- do clickhouse__modify_mv_refresh(mv_relation, standing, cluster_clause) -%}
    {%- do clickhouse__modify_mv(mv_relation, cluster_clause, view_sql) -%}
  {%- else -%}
    {%- do clickhouse__drop_mv(mv_relation, cluster_clause) -%}
    {%- do clickhouse__create_mv(mv_relation, target_relation, cluster_clause, refreshable_clause, view_sql) -%}
  {%- endif -%}
{%- endmacro %}


{#- For all views of a model. `views`, as clickhouse__extract_mv_views answers them. -#}
{% macro clickhouse__create_mvs(target_relation, cluster_clause, refreshable_clause, views) -%}
  {%- for suffix, view_sql in views.items() -%}
    {%- do clickhouse__create_mv(target_relation.derivative('_' ~ suffix, 'materialized_view'), target_relation, cluster_clause, refreshable_clause, view_sql) -%}
  {%- endfor -%}
{%- endmacro %}

{% macro clickhouse__update_mvs(target_relation, cluster_clause, refreshable_clause, views) -%}
  {%- for suffix, view_sql in views.items() -%}
    {%- do clickhouse__update_mv(target_relation.derivative('_' ~ suffix, 'materialized_view'), target_relation, cluster_clause, refreshable_clause, view_sql) -%}
  {%- endfor -%}
{%- endmacro %}

{% macro clickhouse__drop_mvs_by_suffixes(target_relation, cluster_clause, views_suffixes) -%}
  {%- for suffix in views_suffixes -%}
    {%- do clickhouse__drop_mv(target_relation.derivative('_' ~ suffix, 'materialized_view'), cluster_clause) -%}
  {%- endfor -%}
{%- endmacro %}

{% macro clickhouse__drop_mvs_by_names(target_relation, cluster_clause, mvs_names) -%}
  {%- for name in mvs_names -%}
    {%- do clickhouse__drop_mv(target_relation.derivative(name, 'materialized_view', interpret_suffix_as_full_identifier=True), cluster_clause) -%}
  {%- endfor -%}
{%- endmacro %}


{#- (names of the views that write into the table, names that the model's views have). -#}
{% macro clickhouse__search_associated_mvs_to_target(relation_schema, relation_name, mv_suffixes) -%}
  {%- set expected = [] -%}
  {%- for suffix in mv_suffixes -%}
    {%- do expected.append(relation_name ~ '_' ~ suffix) -%}
  {%- endfor -%}
  {%- do log('Model mvs to replace ' ~ expected) -%}

  {%- set query %}
    select name
    from system.tables
    where engine = 'MaterializedView'
      and extract(create_table_query, 'TO\\s+([^\\s(]+)') = '{{ relation_schema }}.{{ relation_name }}'
  {% endset -%}
  {%- set answer = run_query(query) -%}
  {%- if answer is none or not answer.columns -%}
    {%- do return(([], expected)) -%}
  {%- endif -%}
  {%- set found = answer.columns[0].values() -%}
  {%- do log('Current mvs found in ClickHouse are: ' ~ found | join(', ')) -%}
  {%- do return((found, expected)) -%}
{%- endmacro %}


{#- When a model of another kind takes a materialized view's place: its `_mv` goes, others are pointed out. -#}
{% macro clickhouse__drop_associated_mv_if_it_was_automatically_created(target_relation) -%}
  {%- set found, expected = clickhouse__search_associated_mvs_to_target(target_relation.schema, target_relation.name, {'mv': ''}) -%}
  {%- for name in found if name not in expected -%}
    {%- do log('Warning - Materialized View "' ~ name ~ '" was detected pointing to the model name "' ~ target_relation.name ~ '" that was just updated/removed. It can\'t be automatically removed by DBT. Drop it manually if needed (!!!)', info=True) -%}
  {%- endfor -%}
  {%- do clickhouse__drop_mvs_by_names(target_relation, on_cluster_clause(target_relation), found | select('in', expected) | list) -%}
{%- endmacro %}


{#- `schema.table` of the view's TO clause, none where there is no such view. \x3F is a question mark, which some drivers would take
    for a binding. -#}
{% macro clickhouse__get_mv_current_target(mv_relation) -%}
  {%- set query %}
    select replaceRegexpOne(create_table_query, '.*TO\\s+`\x3F([^`\\s(]+)`\x3F\\.`\x3F([^`\\s(]+)`\x3F.*', '\\1.\\2') as target_table
    from system.tables
    where database = '{{ mv_relation.schema }}'
      and name = '{{ mv_relation.identifier }}'
      and engine = 'MaterializedView'
  {% endset -%}
  {%- set answer = run_query(query) -%}
  {%- set targets = answer.columns[0].values() if answer and answer.columns else [] -%}
  {%- do return(targets[0] if targets | length > 0 else none) -%}
{%- endmacro %}


{#- The relation that `schema.table`, quoted or not, names. -#}
{% macro get_relation_from_string(relation_string) -%}
  {%- set parts = relation_string.split('.') -%}
  {%- if parts | length < 2 -%}
    {%- do exceptions.raise_compiler_error('Invalid relation string "' ~ relation_string ~ '". Expected format: schema.table') -%}
  {%- endif -%}
  {%- do return(adapter.get_relation(database='', schema=strip_identifier_quotes(parts[0]), identifier=strip_identifier_quotes(parts[1]))) -%}
{%- endmacro %}

{% macro strip_identifier_quotes(ident) -%}
  {%- set name = ident.strip() -%}
  {%- for mark in ['`', '"', "'"] if name.startswith(mark) and name.endswith(mark) -%}
    {%- do return(name[1:-1]) -%}
  {%- endfor -%}
  {%- do return(name) -%}
{%- endmacro %}


{#- REFRESH ... [RANDOMIZE FOR ...] [DEPENDS ON ...] [APPEND] of a view that is run by the clock; nothing for the others. -#}
{% macro refreshable_mv_clause() -%}
  {%- set refreshable = config.get('refreshable') -%}
  {%- if refreshable is none or refreshable == false -%}
    {%- do return('') -%}
  {%- elif refreshable is not mapping -%}
    {%- do exceptions.raise_compiler_error("The 'refreshable' configuration must be defined as a dictionary. Please review the docs for more details.") -%}
  {%- elif not refreshable.get('interval') -%}
    {%- do exceptions.raise_compiler_error("The 'refreshable' configuration is defined, but 'interval' is missing. This is required to create a refreshable materialized view.") -%}
  {%- endif -%}

  {%- set given = refreshable.get('depends_on') -%}
  {%- set dependencies = [given] if given is string and given else (given or []) -%}
  {%- if given is not iterable and given -%}
    {%- do exceptions.raise_compiler_error("The 'depends_on' configuration must be either a string or a list of strings.") -%}
  {%- endif -%}
  {%- for dependency in dependencies if dependency is not string -%}
    {%- do exceptions.raise_compiler_error("The 'depends_on' configuration must be either a string or a list of strings.") -%}
  {%- endfor -%}
  {%- for dependency in (dependencies if refreshable.get('depends_on_validation', false) else []) -%}
    {%- do validate_refreshable_mv_existence(dependency) -%}
  {%- endfor %}
      REFRESH {{ refreshable.get('interval') }}
      {{ 'RANDOMIZE FOR ' ~ refreshable.get('randomize') if refreshable.get('randomize') }}
      {{ 'DEPENDS ON ' ~ dependencies | join(', ') if dependencies }}
      {{ 'APPEND' if refreshable.get('append', false) }}
{%- endmacro %}


{% macro validate_refreshable_mv_existence(mv) -%}
  {%- do log(mv ~ ' was recognized as a refreshable mv dependency, checking its existence') -%}
  {%- set parts = mv.split('.') -%}
  {%- set database, view = (parts[0], parts[1]) if parts | length == 2 else ('default', parts[0]) -%}
  {%- set query %}
    select count(*)
    from system.view_refreshes
    where database='{{ database }}' and view='{{ view }}'
  {% endset -%}
  {%- set count = run_query(query).columns[0].values()[0] -%}
  {%- do log(count | string) -%}
  {%- if count == 0 -%}
    {%- do exceptions.raise_compiler_error('No existing MV found matching MV: ' ~ mv) -%}
  {%- endif -%}
  {%- do log('MV ' ~ mv ~ ' exists.') -%}
{%- endmacro %}


{#- Puts the configured schedule on a view that stands, on every run: setting the same one again does nothing. What cannot be changed
    in place (refreshable or not, APPEND or not) is refused. Both relations are the same view; the existing one knows how it is. -#}
{% macro clickhouse__modify_mv_refresh(mv_relation, existing_relation, cluster_clause) -%}
  {%- set refreshable = config.get('refreshable') -%}
  {%- set name = '"' ~ mv_relation.name ~ '"' -%}
  {%- if refreshable is none or refreshable == false -%}
    {%- if existing_relation.is_refreshable -%}
      {%- do exceptions.raise_compiler_error('Materialized view ' ~ name
        ~ ' is refreshable, but the model does not define a "refreshable" config. '
        ~ 'A refreshable MV cannot be converted to a regular MV in place. '
        ~ 'If you want to change this MV to a regular MV, please run with --full-refresh.') -%}
    {%- endif -%}
    {%- do return('') -%}
  {%- elif not existing_relation.is_refreshable -%}
    {%- do exceptions.raise_compiler_error('Materialized view ' ~ name
      ~ ' is not refreshable, but the model defines a "refreshable" config. '
      ~ 'A regular MV cannot be converted to a refreshable MV in place. '
      ~ 'If you want to change this MV to be refreshable, please run with --full-refresh.') -%}
  {%- endif -%}
  {%- set appends = refreshable is mapping and refreshable.get('append', false) -%}
  {%- if (true if appends else false) != existing_relation.refreshable_append -%}
    {%- do exceptions.raise_compiler_error('The APPEND setting of materialized view ' ~ name
      ~ ' does not match the model config. '
      ~ 'APPEND cannot be changed via ALTER TABLE ... MODIFY REFRESH. '
      ~ 'If you want to change it, please run with --full-refresh.') -%}
  {%- endif -%}

  {%- do log('Updating refresh parameters of existing MV ' ~ mv_relation.name) -%}
  {%- set clause = refreshable_mv_clause() -%}
  {%- call statement('modify refresh of existing mv: ' ~ mv_relation.name) -%}
    alter table {{ mv_relation }} {{ cluster_clause }} modify {{ clause }}
  {%- endcall -%}
{%- endmacro %}
