{#- A score for a table: the share of its rows that pass each rule, and of all rows that pass all of them.
    `rules` is a dict of name -> SQL condition that holds for a good row. -#}
{% macro data_quality_check(relation, rules) -%}
    {%- for name, condition in rules.items() %}
    select
        '{{ relation.identifier }}' as table_name,
        '{{ name }}' as rule_name,
        count(*) as total_rows,
        sum(case when {{ condition }} then 1 else 0 end) as passed_rows,
        round(100e0 * sum(case when {{ condition }} then 1 else 0 end) / nullif(count(*), 0), 2) as score
    from {{ relation }}
    union all
    {%- endfor %}
    select
        '{{ relation.identifier }}' as table_name,
        'all rules' as rule_name,
        count(*) as total_rows,
        sum(case when {{ rules.values() | join(' and ') }} then 1 else 0 end) as passed_rows,
        round(100e0 * sum(case when {{ rules.values() | join(' and ') }} then 1 else 0 end) / nullif(count(*), 0), 2) as score
    from {{ relation }}
{%- endmacro %}
