{#- Listing, making, dropping, renaming and exchanging relations. -#}

{#- Beside its kind, a relation brings its database's engine (does it exchange tables atomically?), whether it is on every shard of
    the cluster, the materialized views that write into it, and for such a view how it is refreshed. The target of a view is read
    off its CREATE statement; \x3F is a question mark, which some drivers would take for a binding. -#}
{% macro clickhouse__list_relations_without_caching(schema_relation) -%}
  {%- set cluster = adapter.get_clickhouse_cluster_name() -%}
  {%- set tables = 'clusterAllReplicas(' ~ cluster ~ ', system.tables)' if cluster else 'system.tables' -%}
  {%- set before_target = "substring(t.create_table_query, 1, position(t.create_table_query, ' TO '))" -%}
  {%- call statement('list_relations_without_caching', fetch_result=True) -%}
    with mv_sources as (
      select
        name as mv_name,
        database as mv_database,
        any(as_select) as mv_sql,
        any(replaceRegexpOne(create_table_query, '.*TO\\s+`\x3F([^`\\s(]+)`\x3F\\.`\x3F([^`\\s(]+)`\x3F.*', '\\1.\\2')) as target_fqn
      from {{ tables }}
      where engine = 'MaterializedView'
        and create_table_query like '%TO %'
      group by mv_name, mv_database
    )
    select
      t.name as name,
      t.database as schema,
      multiIf(
        t.engine = 'MaterializedView', 'materialized_view',
        t.engine = 'View', 'view',
        t.engine = 'Dictionary', 'dictionary',
        'table'
      ) as type,
      db.engine as db_engine,
      groupArrayIf(
        map('schema', mv_sources.mv_database, 'name', mv_sources.mv_name, 'sql', mv_sources.mv_sql),
        mv_sources.mv_name != ''
      ) as mvs_pointing_to_it,
      max(position({{ before_target }}, ' REFRESH ')) > 0 as is_refreshable,
      max(position({{ before_target }}, ' APPEND')) > 0 as refreshable_append,
      {{ 'count(distinct _shard_num) > 1' if cluster else '0' }} as is_on_cluster
      from {{ tables }} as t
        join system.databases as db on t.database = db.name
        left join mv_sources on mv_sources.target_fqn = concat(t.database, '.', t.name)
      where schema = '{{ schema_relation.schema }}'
      group by name, schema, type, db_engine
  {%- endcall -%}
  {%- do return(load_result('list_relations_without_caching').table) -%}
{%- endmacro %}


{% macro clickhouse__get_or_create_relation(database, schema, identifier, type) -%}
  {%- set found = adapter.get_relation(database=database, schema=schema, identifier=identifier) -%}
  {%- if found -%}
    {%- do return([true, found]) -%}
  {%- endif -%}
  {%- do return([false, api.Relation.create(
    database=none,
    schema=schema,
    identifier=identifier,
    type=type,
    can_exchange=adapter.can_exchange(schema, type),
    can_on_cluster=adapter.should_on_cluster(config.get('materialized'), engine_clause())
  )]) -%}
{%- endmacro %}


{% macro clickhouse__make_temp_relation(base_relation, suffix) -%}
  {%- do return(base_relation.incorporate(path={'identifier': base_relation.identifier ~ suffix, 'schema': base_relation.schema})) -%}
{%- endmacro %}


{% macro clickhouse__drop_relation(relation, obj_type='table') -%}
  {%- call statement('drop_relation', auto_begin=False) -%}
    drop {{ obj_type }} if exists {{ relation }} {{ on_cluster_clause(relation, True) }}
  {%- endcall -%}
{%- endmacro %}


{#- Renaming does not replace what has the name already. -#}
{% macro clickhouse__rename_relation(from_relation, to_relation, obj_type='table') -%}
  {%- call statement('drop_relation') -%}
    drop {{ obj_type }} if exists {{ to_relation }} {{ on_cluster_clause(to_relation) }}
  {%- endcall -%}
  {%- call statement('rename_relation') -%}
    rename {{ obj_type }} {{ from_relation }} to {{ to_relation }} {{ on_cluster_clause(from_relation) }}
  {%- endcall -%}
{%- endmacro %}


{% macro clickhouse__truncate_relation(relation) -%}
  {%- call statement('truncate_relation') -%}
    truncate table {{ relation }} {{ on_cluster_clause(relation) }}
  {%- endcall -%}
{%- endmacro %}


{#- Renames one after the other, in one statement: nobody sees what lies between. `pairs` are [from, to]. Replicated databases take
    one at a time. -#}
{% macro clickhouse__rename_at_once(pairs, cluster_relation) -%}
  {%- set renamings = [] -%}
  {%- for pair in pairs -%}
    {%- do renamings.append(pair[0] ~ ' to ' ~ pair[1]) -%}
  {%- endfor -%}
  {%- set together = pairs | length == 1 or adapter.get_ch_database(cluster_relation.schema).engine in ('Atomic', 'Ordinary', 'Overlay') -%}
  {%- for renaming in ([renamings | join(', ')] if together else renamings) -%}
    {%- call statement('rename_relation') -%}
      rename table {{ renaming }} {{ on_cluster_clause(cluster_relation) }}
    {%- endcall -%}
  {%- endfor -%}
{%- endmacro %}


{#- Swaps two relations of any kind, also where the database cannot exchange them. -#}
{% macro clickhouse__swap(ready_relation, target_relation, exchanges=False) -%}
  {%- if exchanges -%}
    {%- do exchange_tables_atomic(ready_relation, target_relation) -%}
  {%- else -%}
    {%- set aside_relation = clickhouse__make_temp_relation(target_relation, '__dbt_aside') -%}
    {%- do clickhouse__rename_at_once([
      (target_relation, aside_relation), (ready_relation, target_relation), (aside_relation, ready_relation)
    ], target_relation) -%}
  {%- endif -%}
{%- endmacro %}


{#- Drops what an interrupted run left: of a table first the views that write into it, since inserts into their sources would fail
    without it. `names` of relations that begin with the identifier and one of these are left over as well. -#}
{% macro clickhouse__drop_leftovers(relations, of_relation=none, names=[]) -%}
  {%- set leftovers = [] -%}
  {%- for relation in relations if relation is not none -%}
    {%- do leftovers.append(relation) -%}
  {%- endfor -%}
  {%- for name in names -%}
    {%- do leftovers.extend(adapter.relations_beginning_with(of_relation, of_relation.identifier ~ name)) -%}
  {%- endfor -%}
  {%- for relation in leftovers -%}
    {%- for view in relation.mvs_pointing_to_it if view.name.startswith(relation.identifier ~ '_') -%}
      {%- do clickhouse__drop_mv(relation.derivative(view.name, 'materialized_view', interpret_suffix_as_full_identifier=True), on_cluster_clause(relation)) -%}
    {%- endfor -%}
    {%- do drop_relation_if_exists(relation) -%}
  {%- endfor -%}
{%- endmacro %}


{#- Waits until every replica of the cluster has what was written to a table. -#}
{% macro clickhouse__sync_replicas(relation, statement_name) -%}
  {%- if adapter.get_clickhouse_cluster_name() is not none and 'Replicated' in engine_clause() -%}
    {%- call statement(statement_name) -%}
      SYSTEM SYNC REPLICA {{ on_cluster_clause(relation) }} {{ relation.schema }}.{{ relation.identifier }}
    {%- endcall -%}
  {%- endif -%}
{%- endmacro %}


{#- Swaps two tables in one step: `old_relation`, which is filled and becomes the old one by it, and the one that stands. Replicas
    catch up with the former first, so that none of them swaps in rows it has not got. -#}
{% macro exchange_tables_atomic(old_relation, target_relation, obj_types='TABLES') -%}
  {%- if obj_types == 'TABLES' -%}
    {%- do clickhouse__sync_replicas(old_relation, 'exchange_table_sync_replica') -%}
  {%- endif -%}
  {%- call statement('exchange_tables_atomic') -%}
    EXCHANGE {{ obj_types }} {{ old_relation }} AND {{ target_relation }} {{ on_cluster_clause(target_relation) }}
  {%- endcall -%}
{%- endmacro %}


{#- Empty without a cluster; ends with a blank, since more may follow. -#}
{% macro on_cluster_clause(relation, force_sync) -%}
  {%- set cluster = adapter.get_clickhouse_cluster_name() -%}
  {%- if cluster is not none and relation.should_on_cluster %}
    ON CLUSTER {{ cluster ~ ' ' }}{{ 'SYNC' if force_sync }}
  {%- endif %}
{%- endmacro %}
