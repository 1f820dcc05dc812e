using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace AgentMesh.ActorHost.Tools;

/// <summary>A tool that agents of this process can have. A type of its own: an <see cref="AIFunction"/> among the services may be anybody's.</summary>
internal sealed partial class AgentTool
{
    internal AgentTool(AIFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (function.Name.Length > ToolLimits.NameCharacters || !ToolName().IsMatch(function.Name))
        {
            throw new ArgumentException(
                $"'{function.Name}' is no name of a tool: 1-{ToolLimits.NameCharacters} characters of a-z, A-Z, 0-9, '_' and '-'.", nameof(function));
        }

        Function = function;
    }

    /// <summary>What is called.</summary>
    internal AIFunction Function { get; }

    /// <summary>As the model calls it.</summary>
    internal string Name => Function.Name;

    /// <summary>A tool of a method. A <see cref="ToolContext"/> among its parameters is filled in.</summary>
    internal static AgentTool Of(Delegate method, string name, string description) => new(AIFunctionFactory.Create(method, new AIFunctionFactoryOptions
    {
        Name = name,
        Description = description,
        ConfigureParameterBinding = parameter => parameter.ParameterType == typeof(ToolContext)
            ? new AIFunctionFactoryOptions.ParameterBindingOptions { ExcludeFromSchema = true, BindParameter = (_, arguments) => ToolContext.Of(arguments) }
            : default,
    }));

    [GeneratedRegex(@"\A[a-zA-Z0-9_-]+\z")]
    private static partial Regex ToolName();
}
