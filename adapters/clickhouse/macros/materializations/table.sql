{#- The new table is built whole and then takes the old one's place: exchanged in one step where the database can, else by renaming
    twice. A table that materialized views of the project write into is not rebuilt but only altered, as `mv_on_schema_change` says
    ('fail' unless set); a full refresh rebuilds it, with `repopulate_from_mvs_on_full_refresh` from those views' own queries. -#}
{% materialization table, adapter='clickhouse' -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set existing_relation = load_cached_relation(this) -%}
  {%- set backup_relation = none -%}
  {%- set leftovers = [] -%}
  {%- if existing_relation is not none -%}
    {%- set exchanges = existing_relation.can_exchange -%}
    {%- set backup_relation = make_backup_relation(target_relation, existing_relation.type) -%}
    {%- set staging_relation = backup_relation if exchanges else make_intermediate_relation(target_relation) -%}
    {%- do leftovers.append(none if exchanges else load_cached_relation(staging_relation)) -%}
    {%- do leftovers.append(load_cached_relation(backup_relation)) -%}
  {%- endif -%}

  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do clickhouse__drop_leftovers(leftovers) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}

  {%- set feeding_views = clickhouse__get_dbt_mvs_for_target(existing_relation) -%}
  {%- set replaces = false -%}

  {%- if existing_relation is none -%}
    {%- do log('Creating new relation ' ~ target_relation.name) -%}
    {%- call statement('main') -%}
      {{ get_create_table_as_sql(False, target_relation, sql) }}
    {%- endcall -%}

  {%- elif feeding_views and not should_full_refresh() -%}
    {#- The config has a default, so only its unrendered form tells whether it was set. -#}
    {%- if 'mv_on_schema_change' in model.unrendered_config -%}
      {%- set wanted = config.get('mv_on_schema_change', 'ignore') -%}
    {%- else -%}
      {%- do log('Table ' ~ target_relation.name ~ ' is used as a target by a dbt-managed materialized view. Defaulting mv_on_schema_change to "fail" to prevent data loss.', info=True) -%}
      {%- set wanted = 'fail' -%}
    {%- endif -%}
    {%- set on_schema_change = incremental_validate_on_schema_change(wanted, default='ignore') -%}
    {%- call statement('main') -%}
      Select 1
    {%- endcall -%}
    {%- do log('on_schema_change strategy for table: ' ~ on_schema_change) -%}
    {%- if on_schema_change != 'ignore' -%}
      {%- set changes = adapter.check_incremental_schema_changes(on_schema_change, existing_relation, sql, materialization='table', query_settings=config.get('query_settings', {})) -%}
      {%- if changes -%}
        {%- do clickhouse__apply_column_changes(changes, existing_relation) -%}
        {%- set existing_relation = load_cached_relation(this) -%}
      {%- endif -%}
    {%- endif -%}

  {%- else -%}
    {%- set replaces = true -%}
    {%- set repopulates = should_full_refresh() and feeding_views and config.get('repopulate_from_mvs_on_full_refresh', False) -%}
    {%- if repopulates -%}
      {%- do log('Performing atomic full refresh with MV repopulation for ' ~ target_relation.name, info=True) -%}
    {%- endif -%}
    {%- if repopulates -%}
      {#- What is written meanwhile goes into both tables, so that the new one has it too when it takes the old one's place. -#}
      {%- set queries = {} -%}
      {%- for view in feeding_views -%}
        {%- do queries.update({view.name: view.sql}) -%}
      {%- endfor -%}
      {%- set earlier_rows = clickhouse__create_followed_table(staging_relation, sql, queries, fills=True) -%}
      {%- for view in feeding_views -%}
        {%- do log('Repopulating from MV: ' ~ view.name, info=True) -%}
        {%- do run_query(clickhouse__insert_into(staging_relation, 'SELECT * FROM (' ~ view.sql ~ ')', false, use_columns_from_sql=True, settings=earlier_rows)) -%}
      {%- endfor -%}
    {%- else -%}
      {%- call statement('main') -%}
        {{ get_create_table_as_sql(False, staging_relation, sql) }}
      {%- endcall -%}
    {%- endif -%}
  {%- endif -%}

  {%- if replaces and (exchanges or repopulates) -%}
    {%- do clickhouse__swap(staging_relation, target_relation, exchanges) -%}
    {%- if repopulates -%}
      {%- do clickhouse__drop_mvs_by_suffixes(staging_relation, on_cluster_clause(target_relation), queries) -%}
      {%- set backup_relation = staging_relation -%}
    {%- endif -%}
  {%- elif replaces -%}
    {%- do clickhouse__rename_at_once([(existing_relation, backup_relation), (staging_relation, target_relation)], target_relation) -%}
  {%- endif -%}

  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=True)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do adapter.commit() -%}
  {%- do drop_relation_if_exists(backup_relation) -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}

  {%- do return({'relations': [target_relation]}) -%}
{%- endmaterialization %}


{#- The materialized views that write into a table and are models of this project, or on their way to be: [{schema, name, sql}]. They come with the
    relation; the first run knows none, and needs none. -#}
{% macro clickhouse__get_dbt_mvs_for_target(relation) -%}
  {%- set found = {} -%}
  {%- if relation is not none and relation.mvs_pointing_to_it | length > 0 -%}
    {%- set own_views = [] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.config.materialized == 'materialized_view' -%}
      {%- do own_views.append(node.schema ~ '.' ~ node.alias) -%}
      {%- do own_views.append(node.schema ~ '.' ~ node.alias ~ '__dbt_new_data_mv') -%}
    {%- endfor -%}
    {%- for view in relation.mvs_pointing_to_it if view.schema ~ '.' ~ view.name in own_views -%}
      {%- do found.setdefault(view.schema ~ '.' ~ view.name, view) -%}
    {%- endfor -%}
  {%- endif -%}
  {%- do return(found.values() | list) -%}
{%- endmacro %}
