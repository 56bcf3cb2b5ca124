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


{#- Makes an empty table and views that put into it all that is written from now on, and answers the setting under which a query reads
    just what was written before. They are made again if a row came in between the two moments, so that no row is missed and none
    counts twice. `views`: {suffix: query}; with `fills`, the table gets its own query's rows first;
    with `like_relation`, it has that one's columns. -#}
{% macro clickhouse__create_followed_table(relation, sql, views, suffix='', fills=False, like_relation=none) -%}
  {%- set state = namespace(follows=false, settings='') -%}
  {%- for attempt in range(10) -%}
    {%- if not state.follows -%}
      {%- if like_relation is not none -%}
        {%- call statement('create_table_empty') -%}
          create table {{ relation }} {{ on_cluster_clause(relation) }} as {{ like_relation }}
        {%- endcall -%}
      {%- elif fills -%}
        {%- call statement('main') -%}
          {{ get_create_table_as_sql(False, relation, sql) }}
        {%- endcall -%}
      {%- else -%}
        {%- do clickhouse__create_empty_table(False, relation, sql, config.get('contract').enforced) -%}
      {%- endif -%}
      {%- set rows_before = clickhouse__count_rows(relation) if fills else 0 -%}
      {%- set view_names = [] -%}
      {%- for name, view_sql in views.items() -%}
        {%- set view = relation.derivative('_' ~ name ~ suffix, 'materialized_view') -%}
        {%- do view_names.append(view.identifier) -%}
        {%- do clickhouse__create_mv(view, relation, on_cluster_clause(relation), '', view_sql) -%}
      {%- endfor -%}
      {%- set state.settings = clickhouse__earlier_rows(relation.schema, view_names) -%}
      {%- set state.follows = clickhouse__count_rows(relation) == rows_before -%}
      {%- if not state.follows and loop.last -%}
        {%- do exceptions.warn('Rows are written all the time to the sources of ' ~ relation ~ ': some may be counted twice.') -%}
      {%- elif not state.follows -%}
        {%- do clickhouse__drop_mvs_by_names(relation, on_cluster_clause(relation), view_names) -%}
        {%- call statement('drop_relation') -%}
          drop table if exists {{ relation }} {{ on_cluster_clause(relation, True) }}
        {%- endcall -%}
      {%- endif -%}
    {%- endif -%}
  {%- endfor -%}
  {%- do return(state.settings) -%}
{%- endmacro %}


{#- Whether rows can be moved into a table without being inserted: tables of the MergeTree family that feed no views of their own, and
    of replicated ones those whose place in the keeper is not named after them. -#}
{% macro clickhouse__can_move_rows_into(relation) -%}
  {%- if on_cluster_clause(relation) | trim or adapter.is_before_version('24.8') or not adapter.can_exchange(relation.schema, 'table') -%}
    {%- do return(false) -%}
  {%- endif -%}
  {%- set query %}
    select count()
    from system.tables
    where database = '{{ relation.schema }}'
      and name = '{{ relation.identifier }}'
      and engine like '%MergeTree'
      and (engine not like 'Replicated%' or engine_full like '%{uuid}%')
      and empty(dependencies_table)
  {% endset -%}
  {%- do return(run_query(query).columns[0].values()[0] > 0) -%}
{%- endmacro %}


{#- The first build of a view over a table that others may fill too. The view, under another name, fills a table of its own, which gets
    the earlier rows as well; then it is turned to the real target, the rows are moved there, and it gets its name. What a run finds
    of an earlier one: a view not turned yet is made again; one that is turned leaves only the rest to be done. -#}
{% macro clickhouse__build_mv_with_external_target(mv_relation, target_relation, sql) -%}
  {%- set cluster_clause = on_cluster_clause(target_relation) -%}
  {%- set new_rows = mv_relation.derivative('__dbt_new_data', 'table') -%}
  {%- set view = new_rows.derivative('_mv', 'materialized_view') -%}
  {%- set turned = load_cached_relation(view) and clickhouse__get_mv_current_target(view) == target_relation.schema ~ '.' ~ target_relation.identifier -%}
  {%- if not turned or should_full_refresh() -%}
    {%- if turned -%}
      {%- do clickhouse__drop_mv(view, cluster_clause) -%}
    {%- endif -%}
    {%- do clickhouse__drop_leftovers([load_cached_relation(new_rows)]) -%}
    {%- set earlier_rows = clickhouse__create_followed_table(new_rows, sql, {'mv': sql}, like_relation=target_relation) -%}
    {%- do log('Executing catchup data insertion for target table ' ~ target_relation) -%}
    {%- do run_query(clickhouse__insert_into(new_rows, sql, config.get('contract').enforced, use_columns_from_sql=True, settings=earlier_rows)) -%}
    {%- do clickhouse__create_mv(view, target_relation, cluster_clause, '', sql, is_main_statement=True, replaces=True) -%}
  {%- else -%}
    {%- call statement('main') -%}
      select 1
    {%- endcall -%}
  {%- endif -%}

  {%- set query %}
    select distinct partition_id
    from system.parts
    where active
      and database = '{{ new_rows.schema }}'
      and table = '{{ new_rows.identifier }}'
  {% endset -%}
  {%- set moves = [] -%}
  {%- for row in run_query(query).rows -%}
    {%- do moves.append("move partition id '" ~ row[0] ~ "' to table " ~ target_relation) -%}
  {%- endfor -%}
  {%- if moves -%}
    {%- call statement('move_new_rows') -%}
      alter table {{ new_rows }} {{ moves | join(', ') }}
    {%- endcall -%}
  {%- endif -%}
  {%- do clickhouse__rename_at_once([(view, mv_relation)], mv_relation) -%}
  {%- do adapter.drop_relation(new_rows) -%}
{%- endmacro %}


{% macro clickhouse__count_rows(relation) -%}
  {%- do return(run_query('select count() from ' ~ relation).columns[0].values()[0]) -%}
{%- endmacro %}


{#- The setting that shows of the views' sources only the blocks that are there now. Other engines than MergeTree's number none, and
    old servers do not tell the numbers. -#}
{% macro clickhouse__earlier_rows(schema, view_names) -%}
  {%- if adapter.is_before_version('24.8') -%}
    {%- do return('') -%}
  {%- endif -%}
  {%- set query %}
    select source, arrayStringConcat(groupArray(concat('\'', ifNull(partition_id, ''), '\'')), ', '), arrayStringConcat(groupArray(toString(ifNull(last, 0))), ', ')
    from (
      select concat(t.database, '.', t.name) as source, p.partition_id as partition_id, max(p.max_block_number) as last
      from system.tables as t
      left join system.parts as p on p.database = t.database and p.table = t.name and p.active
      where t.engine like '%MergeTree'
        and hasAny(arrayZip(t.dependencies_database, t.dependencies_table), [{% for name in view_names %}('{{ schema }}', '{{ name }}'){{ ', ' if not loop.last }}{% endfor %}])
      group by source, partition_id
    )
    group by source
  {% endset -%}
  {%- set filters = [] -%}
  {%- for source, partitions, blocks in run_query(query).rows -%}
    {%- set condition = "_block_number <= transform(_partition_id, [" ~ partitions ~ "], [" ~ blocks ~ "], toInt64(-1))" -%}
    {%- do filters.append("'" ~ source ~ "': '" ~ condition.replace("'", "\\'") ~ "'") -%}
  {%- endfor -%}
  {%- do return('additional_table_filters = {' ~ filters | join(', ') ~ '}' if filters else '') -%}
{%- endmacro %}


{#- The first build of a table and its views. The views get their names last: by that a later run sees whether this one came so far. -#}
{% macro clickhouse__build_mv(relation, sql, views) -%}
  {%- set earlier_rows = clickhouse__create_followed_table(relation, sql, views, '__dbt_tmp') -%}
  {%- call statement('main') -%}
    {{ clickhouse__insert_into(relation, sql, config.get('contract').enforced, settings=earlier_rows) }}
  {%- endcall -%}
  {%- set pairs = [] -%}
  {%- for suffix in views -%}
    {%- do pairs.append((relation.derivative('_' ~ suffix ~ '__dbt_tmp', 'materialized_view'), relation.derivative('_' ~ suffix, 'materialized_view'))) -%}
  {%- endfor -%}
  {%- do clickhouse__rename_at_once(pairs, relation) -%}
{%- endmacro %}


{#- Whether an earlier first build was interrupted: its views have not got their names, or there is only an empty table. -#}
{% macro clickhouse__is_half_built_mv(existing_relation, views) -%}
  {%- if existing_relation is none or existing_relation.type != 'table' -%}
    {%- do return(false) -%}
  {%- endif -%}
  {%- for suffix in views if load_cached_relation(existing_relation.derivative('_' ~ suffix ~ '__dbt_tmp', 'materialized_view')) -%}
    {%- do return(true) -%}
  {%- endfor -%}
  {%- do return(not existing_relation.mvs_pointing_to_it and clickhouse__count_rows(existing_relation) == 0) -%}
{%- endmacro %}


{#- A full refresh, prepared in what becomes the backup. The views go on filling the old table until the new one, which is filled by views of its own meanwhile, takes its
    place. A view that is run by the clock is made again instead: it misses nothing. -#}
{% macro clickhouse__replace_mv(target_relation, existing_relation, intermediate_relation, backup_relation, sql, views, catchup=True) -%}
  {%- set cluster_clause = on_cluster_clause(target_relation) -%}
  {%- set refreshable_clause = refreshable_mv_clause() -%}
  {%- set follows = catchup and not refreshable_clause -%}
  {%- if follows -%}
    {%- set earlier_rows = clickhouse__create_followed_table(backup_relation, sql, views) -%}
    {%- call statement('main') -%}
      {{ clickhouse__insert_into(backup_relation, sql, config.get('contract').enforced, settings=earlier_rows) }}
    {%- endcall -%}
  {%- else -%}
    {%- do clickhouse__create_target_table(backup_relation, sql, catchup) -%}
  {%- endif -%}

  {%- if refreshable_clause -%}
    {%- do clickhouse__drop_mvs_by_suffixes(target_relation, cluster_clause, views) -%}
  {%- else -%}
    {%- for suffix, view_sql in views.items() -%}
      {%- set view = target_relation.derivative('_' ~ suffix, 'materialized_view') -%}
      {%- set standing = load_cached_relation(view) -%}
      {%- if standing and not standing.is_refreshable -%}
        {%- do clickhouse__modify_mv(view, cluster_clause, view_sql) -%}
      {%- else -%}
        {%- do clickhouse__drop_mv(view, cluster_clause) -%}
        {%- do clickhouse__create_mv(view, target_relation, cluster_clause, '', view_sql) -%}
      {%- endif -%}
    {%- endfor -%}
  {%- endif -%}
  {%- do clickhouse__swap(backup_relation, target_relation, existing_relation.can_exchange) -%}
  {%- if refreshable_clause -%}
    {%- do clickhouse__create_mvs(target_relation, cluster_clause, refreshable_clause, views) -%}
  {%- elif follows -%}
    {%- do clickhouse__drop_mvs_by_suffixes(backup_relation, cluster_clause, views) -%}
  {%- endif -%}
{%- endmacro %}


{#- With `replaces`, one more argument, in place of a view that stands. -#}
{% macro clickhouse__create_mv(mv_relation, target_relation, cluster_clause, refreshable_clause, view_sql, is_main_statement=False) -%}
  {%- set replaces = kwargs.get('replaces') -%}
  {%- call statement('main' if is_main_statement else 'create existing mv: ' ~ mv_relation.name) -%}
    create {{ 'or replace materialized view' if replaces else 'materialized view if not exists' }} {{ mv_relation }} {{ cluster_clause }}
    {{ refreshable_clause }}
    to {{ target_relation }}
    {{ 'empty' if refreshable_clause and (config.get('catchup', True) or 'APPEND' in refreshable_clause) }}
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
