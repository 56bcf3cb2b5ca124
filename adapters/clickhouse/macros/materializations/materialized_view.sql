{#- A materialized view here is a trigger: it puts what is inserted into its sources through a query and into a target table. A model
    is either the view alone, over a table that is another model (`materialization_target_table(ref(...))` in its query says which),
    or the table and its views together: one `<model>_mv`, or several, each between `--name:begin` and `--name:end` comments. -#}
{% materialization materialized_view, adapter='clickhouse' -%}
  {%- set named = modules.re.search('--\\s*materialization_target_table:\\s*(.+?)\\s*$', sql, modules.re.MULTILINE) -%}
  {%- if named -%}
    {%- do return(clickhouse__materialized_view_with_external_target(named.group(1).strip(), sql)) -%}
  {%- endif -%}
  {%- do return(clickhouse__materialized_view_standard(sql)) -%}
{%- endmaterialization %}


{#- Names the target and, through the ref it is given, makes the view depend on it. -#}
{% macro materialization_target_table(target_relation) %}
-- materialization_target_table: {{ target_relation }}
{% endmacro %}


{#- {suffix of the view's name: its query}, in the order they stand. -#}
{% macro clickhouse__extract_mv_views(sql) -%}
  {%- set views = {} -%}
  {%- for name in modules.re.findall('--(?:\\s)?([^:\\s]+):begin', sql) -%}
    {%- set between = '--(?:\\s)?' ~ name ~ ':begin(.*)--(?:\\s)?' ~ name ~ ':end' -%}
    {%- do views.update({name: modules.re.findall(between, sql, modules.re.DOTALL)[0]}) -%}
  {%- endfor -%}
  {%- do return(views or {'mv': sql}) -%}
{%- endmacro %}


{% macro clickhouse__materialized_view_with_external_target(materialization_target_table, sql) -%}
  {%- set mv_relation = this.incorporate(type='materialized_view') -%}
  {%- set cluster_clause = on_cluster_clause(mv_relation) -%}
  {%- set refreshable_clause = refreshable_mv_clause() -%}
  {%- set target_relation = get_relation_from_string(materialization_target_table) -%}
  {%- if target_relation is none -%}
    {%- do exceptions.raise_compiler_error('Target table ' ~ materialization_target_table ~ ' not found in cache. It may not exist yet. Ensure the target table model runs before this MV.') -%}
  {%- endif -%}
  {%- set existing_relation = load_cached_relation(this) -%}

  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}

  {%- if existing_relation is not none -%}
    {%- do clickhouse__drop_leftovers([load_cached_relation(mv_relation.derivative('__dbt_new_data', 'table'))]) -%}
  {%- endif -%}
  {%- set creates = existing_relation is none or should_full_refresh() -%}
  {%- set catches_up = creates and config.get('catchup', True) == True -%}
  {%- if existing_relation is none and catches_up and not refreshable_clause and clickhouse__can_move_rows_into(target_relation) -%}
    {%- do clickhouse__build_mv_with_external_target(mv_relation, target_relation, sql) -%}
    {%- set catches_up = false -%}
  {%- elif creates -%}
    {%- set in_place = existing_relation is not none and not refreshable_clause and not existing_relation.is_refreshable and adapter.is_at_or_after_version('24.8') and adapter.can_exchange(mv_relation.schema, 'table') -%}
    {%- if existing_relation is not none and not in_place -%}
      {%- do log('Dropping existing MV ' ~ mv_relation.name ~ ' for full refresh recreation') -%}
      {%- do clickhouse__drop_mv(mv_relation, cluster_clause) -%}
    {%- endif -%}
    {#- Replaced in one step, so that there is always a view. -#}
    {%- do clickhouse__create_mv(mv_relation, materialization_target_table, cluster_clause, refreshable_clause, sql, is_main_statement=True, replaces=in_place) -%}
  {%- else -%}
    {%- set current_target = clickhouse__get_mv_current_target(mv_relation) -%}
    {%- if current_target != target_relation.schema ~ '.' ~ target_relation.identifier -%}
      {%- do exceptions.raise_compiler_error(
        'Target table mismatch for MV "' ~ mv_relation.name ~ '": Current target is "' ~ current_target
        ~ '", but model references "' ~ target_relation.schema ~ '.' ~ target_relation.identifier ~ '". '
        ~ 'The TO clause cannot be changed via ALTER TABLE MODIFY QUERY. '
        ~ 'Use --full-refresh to recreate the MV with the new target table.'
      ) -%}
    {%- endif -%}
    {%- do log('Updating query of existing MV ' ~ mv_relation.name ~ ' for recreation') -%}
    {%- do clickhouse__modify_mv_refresh(mv_relation, existing_relation, cluster_clause) -%}
    {%- do clickhouse__modify_mv(mv_relation, cluster_clause, sql, is_main_statement=True) -%}
  {%- endif -%}

  {#- A new view sees only what comes from now on; what is there already is inserted once. -#}
  {%- if catches_up -%}
    {%- do log('Executing catchup data insertion into target table ' ~ target_relation) -%}
    {%- do run_query(clickhouse__insert_into(target_relation, sql, config.get('contract').enforced, use_columns_from_sql=True)) -%}
  {%- endif -%}

  {%- do apply_grants(mv_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=True)) -%}
  {%- do persist_docs(mv_relation, model) -%}
  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do adapter.commit() -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}

  {%- do return({'relations': [mv_relation]}) -%}
{%- endmacro %}


{% macro clickhouse__materialized_view_standard(sql) -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set cluster_clause = on_cluster_clause(target_relation) -%}
  {%- set refreshable_clause = refreshable_mv_clause() -%}
  {%- set catchup = config.get('catchup', True) -%}
  {%- set existing_relation = load_cached_relation(this) -%}
  {%- set backup_relation = none -%}
  {%- set leftovers = [] -%}
  {%- if existing_relation is not none -%}
    {%- set backup_relation = make_backup_relation(target_relation, existing_relation.type) -%}
    {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
    {%- do leftovers.append(none if existing_relation.can_exchange else load_cached_relation(intermediate_relation)) -%}
    {%- do leftovers.append(load_cached_relation(backup_relation)) -%}
  {%- endif -%}

  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do clickhouse__drop_leftovers(leftovers) -%}
  {%- set views = clickhouse__extract_mv_views(sql) -%}
  {%- if clickhouse__is_half_built_mv(existing_relation, views) -%}
    {%- do log('The first build of ' ~ target_relation.name ~ ' was interrupted: it is made again') -%}
    {%- do clickhouse__drop_leftovers([existing_relation]) -%}
    {%- set existing_relation, backup_relation = none, none -%}
  {%- endif -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}

  {%- if existing_relation is none -%}
    {%- do log('Creating new materialized view ' ~ target_relation.name) -%}
    {%- if catchup and not refreshable_clause -%}
      {%- do clickhouse__build_mv(target_relation, sql, views) -%}
    {%- else -%}
      {%- do clickhouse__get_create_materialized_view_as_sql(target_relation, sql, views, catchup) -%}
    {%- endif -%}

  {%- elif not existing_relation.can_exchange -%}
    {%- do log('Replacing existing materialized view ' ~ target_relation.name) -%}
    {%- do clickhouse__replace_mv(target_relation, existing_relation, intermediate_relation, backup_relation, sql, views, catchup) -%}

  {%- else -%}
    {%- do log('Replacing existing materialized view ' ~ target_relation.name) -%}
    {#- A view that was renamed in the model goes on writing under its old name: it is pointed out, not dropped. -#}
    {%- do log('Searching for existing materialized views with the pattern of ' ~ target_relation.name) -%}
    {%- do log('Views dictionary contents: ' ~ views) -%}
    {%- set found, expected = clickhouse__search_associated_mvs_to_target(existing_relation.schema, target_relation.name, views) -%}
    {%- if not found -%}
      {%- do log('No existing mvs found matching the pattern. continuing..', info=True) -%}
    {%- endif -%}
    {%- for name in found if name not in expected -%}
      {%- do log('Warning - Materialized view "' ~ name ~ '" was detected pointing to the model "' ~ target_relation.name ~ '" but was not found in this run. In case it is a renamed mv that was previously part of this model, drop it manually (!!!)', info=True) -%}
    {%- endfor -%}

    {%- if should_full_refresh() -%}
      {%- do clickhouse__replace_mv(target_relation, existing_relation, intermediate_relation, backup_relation, sql, views, catchup) -%}
    {%- else -%}
      {%- call statement('main') -%}
        select 1
      {%- endcall -%}
      {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
      {%- do log('on_schema_change strategy for destination table of  MV: ' ~ on_schema_change, info=True) -%}
      {%- if on_schema_change != 'ignore' -%}
        {%- set changes = adapter.check_incremental_schema_changes(on_schema_change, existing_relation, sql, materialization='materialized view', query_settings=config.get('query_settings', {})) -%}
        {%- if changes -%}
          {%- do clickhouse__apply_column_changes(changes, existing_relation) -%}
          {%- set existing_relation = load_cached_relation(this) -%}
        {%- endif -%}
      {%- endif -%}
      {%- do clickhouse__update_mvs(target_relation, cluster_clause, refreshable_clause, views) -%}
    {%- endif -%}
  {%- endif -%}

  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=True)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do adapter.commit() -%}
  {%- do drop_relation_if_exists(backup_relation) -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}

  {%- set relations = [target_relation] -%}
  {%- for suffix in views -%}
    {%- do relations.append(target_relation.derivative('_' ~ suffix, 'materialized_view')) -%}
  {%- endfor -%}
  {%- do return({'relations': relations}) -%}
{%- endmacro %}
