"""The kinds of node of the grammars, sorted by what they are to a reader of programs."""

__all__ = [
    "ASSIGNS",
    "BLOCKS",
    "CLASSES",
    "COMPS",
    "FUNCTIONS",
    "HOLES",
    "LISTS",
    "LOOPS",
    "METHODS",
    "NAMES",
    "NUMBERS",
    "PASS",
    "PIECES",
    "SKIPPED",
    "TEXTS",
    "TYPED",
    "WAYS",
    "WORDS",
]

TEXTS = {"string", "template_string", "interpreted_string_literal", "raw_string_literal", "raw_string", "word"}
TEXTS |= {"rune_literal", "regex", "ansi_c_string", "heredoc_body", "string_expansion", "translated_string"}
PIECES = {"string_content", "string_fragment", "interpreted_string_literal_content", "raw_string_literal_content"}
HOLES = {"interpolation", "template_substitution", "simple_expansion", "expansion", "command_substitution"}
NAMES = {"identifier", "property_identifier", "field_identifier", "package_identifier", "variable_name", "this"}
NAMES |= {"type_identifier", "shorthand_property_identifier", "shorthand_property_identifier_pattern", "self"}
PASS = {"parenthesized_expression", "await", "await_expression", "expression_statement", "as_expression"}
PASS |= {"non_null_expression", "literal_element", "satisfies_expression", "list_splat", "dictionary_splat"}
PASS |= {"list_splat_pattern", "rest_pattern"}
PASS |= {"spread_element", "export_statement", "type_conversion_expression", "variadic_argument", "command_name"}
TYPED = {"as_expression", "satisfies_expression"}
LISTS = {"list", "tuple", "set", "dictionary", "array", "object", "literal_value", "expression_list", "pattern_list"}
LISTS |= {"tuple_pattern", "list_pattern", "object_pattern", "array_pattern"}
FUNCTIONS = {"function_definition", "function_declaration", "method_declaration", "func_literal", "arrow_function"}
FUNCTIONS |= {"function_expression", "method_definition", "lambda", "generator_function_declaration", "function"}
METHODS = {"function_definition", "decorated_definition", "method_definition"}
CLASSES = {"class_definition", "class_declaration", "class"}
ASSIGNS = {"assignment", "augmented_assignment", "variable_declarator", "assignment_expression"}
ASSIGNS |= {"augmented_assignment_expression", "short_var_declaration", "assignment_statement", "var_spec"}
ASSIGNS |= {"const_spec", "variable_assignment", "named_expression", "public_field_definition", "field_definition"}
LOOPS = {"for_statement", "for_in_statement"}
COMPS = {"list_comprehension", "set_comprehension", "generator_expression", "dictionary_comprehension"}
WORDS: dict[str, bool] = {"true": True, "True": True, "false": False, "False": False}
NUMBERS = {"integer", "float", "number", "int_literal", "float_literal"}
SKIPPED = {"comment", "type", "type_annotation", "type_parameters", "type_arguments", "pass_statement", "heredoc_start"}
SKIPPED |= {"heredoc_end", "type_conversion", "format_specifier", "accessibility_modifier", "empty_statement"}
BLOCKS = {"block", "statement_block", "statement_list", "class_body", "compound_statement", "do_group", "else_clause"}
BLOCKS |= {"elif_clause", "switch_body", "interface_body"}
WAYS = {"except_clause", "except_group_clause", "catch_clause", "switch_case", "switch_default", "expression_case"}
WAYS |= {"default_case", "type_case", "communication_case", "case_item"}
