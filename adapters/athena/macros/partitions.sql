{#- Batches of partitions: conditions each of which describes as many partitions as one statement may write. -#}

{% macro get_partition_batches(sql, as_subquery=True) -%}
  {%- set keys = config.get('partitioned_by') -%}
  {%- set limit = [1, config.get('partitions_limit', 100) | int] | max -%}
  {%- set columns = adapter.format_partition_keys(keys) -%}
  {%- set source = '(' ~ sql ~ ')' if as_subquery else sql -%}
  {%- call statement('get_partitions', fetch_result=True) -%}
            select distinct {{ columns }} from {{ source }} order by {{ columns }};
  {%- endcall -%}
  {%- set table = load_result('get_partitions').table -%}

  {%- set ns = namespace(partitions=[], bucket_conditions={}, bucket_numbers=[], bucket_column=none, is_bucketed=false) -%}
  {%- for row in table.rows -%}
    {%- set conditions = [] -%}
    {%- for value in row -%}
      {%- set key = keys[loop.index0] -%}
      {%- if modules.re.search('bucket\((.+?),\s*(\d+)\)', key) -%}
        {%- do process_bucket_column(value, key, table, ns, loop.index0) -%}
      {%- else -%}
        {%- set literal, comparison = adapter.format_value_for_partition(value, adapter.convert_type(table, loop.index0)) -%}
        {%- do conditions.append(adapter.format_one_partition_key(key) ~ comparison ~ literal) -%}
      {%- endif -%}
    {%- endfor -%}
    {%- set partition = conditions | join(' and ') -%}
    {%- do ns.partitions.append(partition) if partition not in ns.partitions -%}
  {%- endfor -%}

  {%- set partitions = ns.partitions | select | list -%}
  {%- set batches = [] -%}
  {%- if not ns.is_bucketed -%}
    {%- for chunk in partitions | batch(limit) -%}
      {%- do batches.append(chunk | join(' or ')) -%}
    {%- endfor -%}
    {%- do return(batches) -%}
  {%- endif -%}

  {#- Values of one bucket share its partition. With partitions beside buckets, both counts together keep the limit. -#}
  {%- set chunk_size = [[partitions | length, 1] | max, limit] | min -%}
  {%- set buckets_a_batch = [1, (limit / chunk_size) | int] | max -%}
  {%- for numbers in ns.bucket_numbers | batch(buckets_a_batch) -%}
    {%- set values = [] -%}
    {%- for number in numbers -%}
      {%- do values.extend(ns.bucket_conditions[number]) -%}
    {%- endfor -%}
    {%- for some in values | batch(limit) -%}
      {%- set in_buckets = ns.bucket_column ~ ' IN (' ~ some | join(', ') ~ ')' -%}
      {%- for chunk in partitions | batch(chunk_size) -%}
        {%- do batches.append('(' ~ chunk | join(' or ') ~ ') and ' ~ in_buckets) -%}
      {%- endfor -%}
      {%- do batches.append(in_buckets) if not partitions -%}
    {%- endfor -%}
  {%- endfor -%}
  {%- do return(batches) -%}
{%- endmacro %}


{#- Puts a value to those of its bucket. -#}
{% macro process_bucket_column(col, partition_key, table, ns, col_index) -%}
  {%- set bucket = modules.re.search('bucket\((.+?),\s*(\d+)\)', partition_key) -%}
  {%- if bucket -%}
    {%- set ns.is_bucketed = true -%}
    {%- set ns.bucket_column = bucket[1] -%}
    {%- set number = adapter.murmur3_hash(col, bucket[2] | int) -%}
    {%- set literal, comparison = adapter.format_value_for_partition(col, adapter.convert_type(table, col_index)) -%}
    {%- do ns.bucket_numbers.append(number) if number not in ns.bucket_numbers -%}
    {%- set literals = ns.bucket_conditions.setdefault(number, []) -%}
    {%- do literals.append(literal) if literal not in literals -%}
  {%- endif -%}
{%- endmacro %}
