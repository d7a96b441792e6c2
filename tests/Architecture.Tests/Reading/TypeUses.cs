using Mono.Cecil;
using Mono.Cecil.Cil;

namespace OrleansEcho.Architecture.Tests.Reading;

/// <summary>
/// Finds which types a type uses: in signatures, in method bodies (with lambdas, iterators and async methods, which the compiler moves
/// into nested types), in attributes. What the compiler leaves no trace of, such as constants and <c>nameof</c>, is not found.
/// </summary>
internal static class TypeUses
{
    /// <summary>All types that a top-level type and those nested in it use.</summary>
    public static IEnumerable<TypeUse> Of(TypeDefinition type) =>
        from part in type.WithNested()
        from use in OfPart(part)
        from used in Parts(use.Type)
        select new TypeUse(type, use.Member, Outermost(used));

    private static IEnumerable<(string Member, TypeReference? Type)> OfPart(TypeDefinition type)
    {
        var declaration = new[] { type.BaseType }
            .Concat(type.Interfaces.Select(i => i.InterfaceType))
            .Concat(Constraints(type))
            .Concat(Attributes(type))
            .Concat(type.Properties.SelectMany(Attributes))
            .Concat(type.Events.SelectMany(Attributes));
        foreach (var used in declaration) yield return ("its declaration", used);
        foreach (var field in type.Fields)
        {
            foreach (var used in Attributes(field).Prepend(field.FieldType)) yield return (field.Name, used);
        }

        foreach (var method in type.Methods)
        {
            foreach (var used in Signature(method).Concat(Attributes(method)).Concat(Body(method))) yield return (method.Name, used);
        }
    }

    private static IEnumerable<TypeReference?> Signature(MethodDefinition method) => method.Parameters
        .SelectMany(parameter => Attributes(parameter).Prepend(parameter.ParameterType))
        .Concat(Constraints(method))
        .Concat(method.Overrides.Select(o => o.DeclaringType))
        .Append(method.ReturnType);

    private static IEnumerable<TypeReference?> Body(MethodDefinition method)
    {
        if (!method.HasBody) return [];
        return method.Body.Variables.Select(variable => variable.VariableType)
            .Concat(method.Body.ExceptionHandlers.Select(handler => handler.CatchType))
            .Concat(method.Body.Instructions.SelectMany(Operand));
    }

    private static IEnumerable<TypeReference?> Operand(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        FieldReference field => [field.DeclaringType, field.FieldType],
        MethodReference method => Call(method),
        _ => [],
    };

    private static IEnumerable<TypeReference?> Call(MethodReference method) => method.Parameters
        .Select(parameter => parameter.ParameterType)
        .Concat(method is GenericInstanceMethod generic ? generic.GenericArguments : [])
        .Append(method.ReturnType)
        .Append(method.DeclaringType);

    private static IEnumerable<TypeReference?> Attributes(ICustomAttributeProvider member) => member.CustomAttributes.SelectMany(attribute => attribute.ConstructorArguments
        .Concat(attribute.Properties.Select(property => property.Argument))
        .Select(argument => argument.Value as TypeReference)
        .Append(attribute.AttributeType));

    private static IEnumerable<TypeReference?> Constraints(IGenericParameterProvider member) =>
        member.GenericParameters.SelectMany(parameter => parameter.Constraints).Select(constraint => constraint.ConstraintType);

    // The types that a type is put together of: List<Socket[]> is List and Socket.
    private static IEnumerable<TypeReference> Parts(TypeReference? type) => type switch
    {
        null or GenericParameter => [],
        GenericInstanceType generic => generic.GenericArguments.SelectMany(Parts).Append(generic.ElementType),
        IModifierType modified => Parts(modified.ModifierType).Concat(Parts(modified.ElementType)),
        TypeSpecification specification => Parts(specification.ElementType),
        _ => [type],
    };

    private static TypeReference Outermost(TypeReference type) => type.DeclaringType is { } parent ? Outermost(parent) : type;
}
