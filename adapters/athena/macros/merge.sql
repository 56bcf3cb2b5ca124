{#- MERGE into an Iceberg table. -#}

{% macro get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) -%}
  {%- if merge_update_columns and merge_exclude_columns -%}
    {%- do exceptions.raise_compiler_error('Model cannot specify merge_update_columns and merge_exclude_columns. Please update model to use only one config') -%}
  {%- endif -%}
  {%- set only = (merge_update_columns or []) | map('lower') | list -%}
  {%- set but = (merge_exclude_columns or []) | map('lower') | list -%}
  {%- set columns = [] -%}
  {%- for column in dest_columns if (not only or column.column | lower in only) and column.column | lower not in but -%}
    {%- do columns.append(column) -%}
  {%- endfor -%}
  {%- do return(columns) -%}
{%- endmacro %}


{#- How a column's new value comes about: by a rule's name, or an expression of `_new_` and `_old_`. -#}
{% macro get_update_statement(col, rule, is_last) -%}
  {%- set new = 'src.' ~ col.quoted -%}
  {%- set old = 'target.' ~ col.quoted -%}
  {%- if rule == 'replace' -%}
    {%- set value = new -%}
  {%- elif rule == 'coalesce' -%}
    {%- set value = 'coalesce(' ~ new ~ ', ' ~ old ~ ')' -%}
  {%- elif rule == 'sum' and col.data_type.startswith('map') -%}
    {%- set value = 'map_zip_with(coalesce(' ~ new ~ ', map()), coalesce(' ~ old ~ ', map()), (k, v1, v2) -> coalesce(v1, 0) + coalesce(v2, 0))' -%}
  {%- elif rule == 'sum' -%}
    {%- set value = new ~ ' + ' ~ old -%}
  {%- elif rule == 'append' -%}
    {%- set value = new ~ ' || ' ~ old -%}
  {%- elif rule == 'append_distinct' -%}
    {%- set value = 'array_distinct(' ~ new ~ ' || ' ~ old ~ ')' -%}
  {%- else -%}
    {%- set value = rule | replace('_new_', new) | replace('_old_', old) -%}
  {%- endif -%}
  {{ col.quoted }} = {{ value }}{{ ',' if not is_last }}
{%- endmacro %}


{#- Answers a statement that tells how many rows were merged. -#}
{% macro iceberg_merge(on_schema_change, tmp_relation, target_relation, unique_key, incremental_predicates, existing_relation, delete_condition, update_condition, insert_condition, force_batch, statement_name="main") -%}
  {%- set columns = process_schema_changes(on_schema_change, tmp_relation, existing_relation) -%}
  {%- if not columns -%}
    {%- set columns = adapter.get_columns_in_relation(target_relation) -%}
  {%- endif -%}
  {%- set names = columns | map(attribute='quoted') | join(', ') -%}
  {%- set keys = [unique_key] if unique_key is string else unique_key -%}
  {%- set others = columns | rejectattr('name', 'in', keys) | list -%}
  {%- set updated = get_merge_update_columns(config.get('merge_update_columns'), config.get('merge_exclude_columns'), others) -%}
  {%- set rules = config.get('merge_update_columns_rules') or {} -%}
  {%- set default_rule = config.get('merge_update_columns_default_rule', 'replace') -%}

  {%- set merge_part -%}
      on (
          {%- for key in keys -%}
            target.{{ key }} = src.{{ key }}{{ ' and ' if not loop.last }}
          {%- endfor -%}
          {%- if incremental_predicates is not none %}
          and (
            {{ incremental_predicates | join(' and ') }}
          )
          {%- endif %}
      )
      {%- if delete_condition is not none %}
        when matched and ({{ delete_condition }})
          then delete
      {%- endif %}
      {%- if updated %}
        when matched{{ ' and ' ~ update_condition if update_condition is not none }}
          then update set
            {%- for column in updated %}
                {{ get_update_statement(column, rules.get(column.name, default_rule), loop.last) }}
            {%- endfor %}
      {%- endif %}
      when not matched{{ ' and ' ~ insert_condition if insert_condition is not none }}
        then insert ({{ names }})
         values ({% for column in columns %}src.{{ column.quoted }}{{ ', ' if not loop.last }}{% endfor %})
  {%- endset -%}

  {%- set query_result = none -%}
  {%- if not force_batch -%}
    {%- set merge_sql -%}
          merge into {{ target_relation }} as target using {{ tmp_relation }} as src
          {{ merge_part }}
    {%- endset -%}
    {%- set query_result = adapter.run_query_with_partitions_limit_catching(merge_sql) -%}
  {%- endif -%}
  {%- if force_batch or query_result == 'TOO_MANY_OPEN_PARTITIONS' -%}
    {%- do batch_iceberg_merge(tmp_relation, target_relation, merge_part, names) -%}
  {%- endif -%}

    SELECT '{{ query_result if query_result is not none }}'
{%- endmacro %}

{% macro batch_iceberg_merge(tmp_relation, target_relation, merge_part, dest_cols_csv) -%}
  {%- for batch in get_partition_batches(tmp_relation) -%}
    {%- set merge_sql -%}
            merge into {{ target_relation }} as target
            using (select {{ dest_cols_csv }} from {{ tmp_relation }} where {{ batch }}) as src
          {{ merge_part }}
    {%- endset -%}
    {%- do run_query(merge_sql) -%}
  {%- endfor -%}
{%- endmacro %}
