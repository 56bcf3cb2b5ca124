{#- MERGE. The basic settings (merge_update_columns and the like) are turned into the clauses that `merge_clauses` can also give
    in full: lists of dicts under when_matched and when_not_matched, each with an action, a mode and perhaps a condition. -#}

{% macro duckdb__get_incremental_merge_sql(args_dict) -%}
  {%- do return(duckdb__get_merge_sql(
    args_dict['target_relation'], args_dict['temp_relation'], args_dict['unique_key'], args_dict['dest_columns'],
    normalize_incremental_predicates(args_dict.get('incremental_predicates'))
  )) -%}
{%- endmacro %}


{% macro duckdb__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
    {%- do validate_merge_config(config, target) -%}
    {%- set header = config.get('sql_header', none) -%}
    {%- set returning = config.get('merge_returning_columns', []) -%}
    {%- set include = config.get('merge_update_columns', []) -%}
    {%- set exclude = config.get('merge_exclude_columns', []) -%}
    {%- set expressions = config.get('merge_update_set_expressions', {}) -%}
    {%- set defaults = merge_clause_defaults(
      config.get('merge_update_condition', none), config.get('merge_insert_condition', none), include, exclude, expressions
    ) -%}
    {%- set update_default = 'when_matched_update_explicit' if include | length or exclude | length or expressions | length
                             else 'when_matched_update_by_name' -%}
    {%- set given = config.get('merge_clauses', {}) -%}
    {%- set clauses = [] -%}
    {%- for clause in given.get('when_matched', [defaults[update_default]]) -%}
      {%- do clauses.append(('MATCHED', clause)) -%}
    {%- endfor -%}
    {%- for clause in given.get('when_not_matched', [defaults['when_not_matched_insert_by_name']]) -%}
      {%- do clauses.append(('NOT MATCHED' ~ (' BY ' ~ clause.get('by') | upper if clause.get('by') else ''), clause)) -%}
    {%- endfor -%}
    {#- Another mode, or none, leaves nothing to do: the engine refuses the statement. -#}
    {%- set updates = {'by_name': 'UPDATE BY NAME', 'by_position': 'UPDATE BY POSITION', 'star': 'UPDATE SET *'} -%}
    {%- set inserts = {'by_name': 'INSERT BY NAME', 'by_position': 'INSERT BY POSITION', 'star': 'INSERT *'} %}

    {{ header if header is not none }}

    MERGE INTO {{ target }} AS DBT_INTERNAL_DEST
        USING {{ source }} AS DBT_INTERNAL_SOURCE
        {{ duckdb__merge_join_clause(unique_key, config.get('merge_on_using_columns', []), normalize_incremental_predicates(incremental_predicates)) }}
    {%- for kind, clause in clauses %}
    {%- set action, mode, condition = clause.get('action'), clause.get('mode'), clause.get('condition') %}
    WHEN {{ kind }}
        {%- if condition %} AND {{ condition if condition is string else '(' ~ condition | join(') AND (') ~ ')' }}{% endif %}
    THEN
        {% if action == 'update' and kind == 'MATCHED' and mode != 'explicit' -%}
            {{ updates.get(mode, '') }}
        {%- elif action == 'update' -%}
            {#- Columns with an expression of their own are set to that, the other updated ones to the source's values. -#}
            {%- set update = clause.get('update', {}) if kind == 'MATCHED' else clause -%}
            {%- set own = update.get('set_expressions', {}) -%}
            {%- set assignments = [] -%}
            {%- for column, expression in own.items() -%}
              {%- do assignments.append(column ~ ' = ' ~ expression) -%}
            {%- endfor -%}
            {%- set updated = get_merge_update_columns(update.get('include', []), update.get('exclude', []), dest_columns) if kind == 'MATCHED' else [] -%}
            {%- for column in updated if column.replace('"', '').replace("'", '') not in own -%}
              {%- do assignments.append(column ~ ' = DBT_INTERNAL_SOURCE.' ~ column) -%}
            {%- endfor -%}
            UPDATE SET {{ assignments | join(', ') }}
        {%- elif action == 'insert' and mode == 'explicit' -%}
            {%- set insert = clause.get('insert', {}) -%}
            INSERT ({{ insert.get('columns', []) | join(', ') }})
            VALUES ({{ insert.get('values', []) | join(', ') }})
        {%- elif action == 'insert' -%}
            {{ inserts.get(mode, '') }}
        {%- elif action == 'delete' -%}
            DELETE
        {%- elif action == 'do_nothing' -%}
            DO NOTHING
        {%- elif action == 'error' -%}
            ERROR{{ " '" ~ clause.get('error_message') | replace("'", "''") ~ "'" if clause.get('error_message') }}
        {%- endif %}
    {%- endfor %}
    {%- if returning %}
    RETURNING {{ returning if returning is string else returning | join(', ') }}
    {%- endif %}
{%- endmacro %}


{% macro duckdb__merge_join_clause(unique_key, merge_on_using_columns, incremental_predicates) -%}
    {%- set filters = incremental_predicates or [] -%}
    {%- if merge_on_using_columns -%}
      USING ({{ merge_on_using_columns | join(', ') }})
      {{ 'ON (' ~ filters | join(') AND (') ~ ')' if filters }}
    {%- else -%}
      {%- set several = unique_key is sequence and unique_key is not mapping and unique_key is not string -%}
      {%- set conditions = [] if unique_key else ['FALSE'] -%}
      {%- for key in (unique_key if several else [unique_key]) if unique_key -%}
        {%- do conditions.append('DBT_INTERNAL_SOURCE.' ~ key ~ ' = DBT_INTERNAL_DEST.' ~ key) -%}
      {%- endfor -%}
      ON ({{ (conditions + filters) | join(') AND (') }})
    {%- endif -%}
{%- endmacro %}


{#- What the basic settings mean as clauses. -#}
{% macro merge_clause_defaults(
    merge_update_condition,
    merge_insert_condition,
    merge_update_columns=[],
    merge_exclude_columns=[],
    merge_update_set_expressions={}
) -%}
  {%- set update = {'action': 'update', 'condition': merge_update_condition} -%}
  {%- do return({
    'when_matched_update_by_name': dict(update, mode='by_name'),
    'when_matched_update_explicit': dict(update, mode='explicit', update={
      'include': merge_update_columns,
      'exclude': merge_exclude_columns,
      'set_expressions': merge_update_set_expressions
    }),
    'when_not_matched_insert_by_name': {'action': 'insert', 'condition': merge_insert_condition, 'mode': 'by_name'}
  }) -%}
{%- endmacro %}
