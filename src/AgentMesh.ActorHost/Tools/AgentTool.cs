using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace AgentMesh.ActorHost.Tools;

/// <summary>A tool that agents of this process can have. A type of its own: an <see cref="AIFunction"/> among the services may be anybody's.</summary>
internal sealed partial class AgentTool
{
    internal AgentTool(AIFunction function, string? priceUsd = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (priceUsd is not null && !Price().IsMatch(priceUsd))
            throw new ArgumentException($"'{priceUsd}' is no price: US dollars as 0.10, above 0, with at most six decimals.", nameof(priceUsd));
        if (function.Name.Length > ToolLimits.NameCharacters || !ToolName().IsMatch(function.Name))
        {
            throw new ArgumentException(
                $"'{function.Name}' is no name of a tool: 1-{ToolLimits.NameCharacters} characters of a-z, A-Z, 0-9, '_' and '-'.", nameof(function));
        }

        Function = function;
        PriceUsd = priceUsd;
    }

    /// <summary>What is called.</summary>
    internal AIFunction Function { get; }

    /// <summary>What a call costs others, in US dollars as a decimal number; null: it is not for sale, and the agent's own model may call it.</summary>
    internal string? PriceUsd { get; }

    /// <summary>As the model calls it.</summary>
    internal string Name => Function.Name;

    /// <summary>A tool of a method. A <see cref="ToolContext"/> among its parameters is filled in.</summary>
    internal static AgentTool Of(Delegate method, string name, string description, string? priceUsd = null) => new(AIFunctionFactory.Create(method, new AIFunctionFactoryOptions
    {
        Name = name,
        Description = description,
        ConfigureParameterBinding = parameter => parameter.ParameterType == typeof(ToolContext)
            ? new AIFunctionFactoryOptions.ParameterBindingOptions { ExcludeFromSchema = true, BindParameter = (_, arguments) => ToolContext.Of(arguments) }
            : default,
    }), priceUsd);

    // Six decimals: the smallest unit of USDC. Nine digits before them are more than any call is worth.
    [GeneratedRegex(@"\A(?!0+(\.0+)?\z)(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?\z")]
    private static partial Regex Price();

    [GeneratedRegex(@"\A[a-zA-Z0-9_-]+\z")]
    private static partial Regex ToolName();
}
