using AgentMesh.ActorHost.Responders;
using Microsoft.Extensions.Options;

namespace AgentMesh.ActorHost.Tools;

/// <summary>Says at start which tool is named and not there, or there twice.</summary>
internal sealed class ToolsValidator(IEnumerable<AgentTool> tools) : IValidateOptions<ResponderOptions>
{
    public ValidateOptionsResult Validate(string? name, ResponderOptions options) =>
        WhyNot(options) is { } reason ? ValidateOptionsResult.Fail(reason) : ValidateOptionsResult.Success;

    private string? WhyNot(ResponderOptions options)
    {
        string[] known = [.. tools.Select(tool => tool.Name)];
        if (known.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
            return $"There are two tools named '{twice.Key}'.";
        if (known.Length > ToolLimits.Tools)
            return $"There are {known.Length} tools; agents have at most {ToolLimits.Tools}.";
        return AgentTools.Names(options.Tools)?.FirstOrDefault(name => !known.Contains(name)) is { } unknown
            ? $"{ResponderOptionsValidator.Variable("Tools")} names '{unknown}'; the tools are {string.Join(", ", known)}, or {AgentTools.None}."
            : null;
    }
}
