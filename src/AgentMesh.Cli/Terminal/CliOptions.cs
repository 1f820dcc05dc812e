using System.CommandLine;
using System.Globalization;
using System.Numerics;
using AgentMesh.Evm;
using AgentMesh.Primitives;
using AgentMesh.X402.Networks;

namespace AgentMesh.Cli.Terminal;

/// <summary>Kinds of options that several commands have.</summary>
internal static class CliOptions
{
    /// <summary>Digits of USDC behind the point, of all that are known.</summary>
    public const int UsdcDecimals = 6;

    /// <summary>A path. The empty text of an unset shell variable would name the current folder, and is refused.</summary>
    public static Option<string?> Path(string name, string helpName, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = helpName };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value)))
                result.AddError($"{name}: the path is empty");
        });
        return option;
    }

    /// <summary>Output for programs.</summary>
    public static Option<bool> Json(string description = "Print one JSON object.") => new("--json") { Description = description };

    /// <summary>Whose agent.</summary>
    public static Argument<UserId> User(string name = "user", string description = "Whose agent.") => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens.Single().Value;
            if (UserId.TryParse(text, out var id))
                return id;
            result.AddError($"{name}: '{text}' is not 1-64 of a-z, 0-9, '.', '_' and '-', first a letter or digit");
            return default;
        },
    };

    /// <summary>A whole number within limits.</summary>
    public static Option<T?> Number<T>(string name, string helpName, T least, T most, string description)
        where T : struct, INumber<T> => new(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result =>
            {
                var text = result.Tokens.Single().Value;
                if (T.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
                    return number;
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name}: '{text}' is not a number of {least} to {most}"));
                return null;
            },
        };

    /// <summary>The address of a server: http or https, without user, query and fragment.</summary>
    public static Option<Uri?> Url(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "URL",
        CustomParser = result =>
        {
            var text = result.Tokens.Single().Value;
            if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url is { UserInfo: "", Query: "", Fragment: "" })
                return url;
            result.AddError($"{name}: '{text}' is not an address like http://127.0.0.1:8080");
            return null;
        },
    };

    /// <summary>An amount of USDC, in atomic units once it is read; null: not given.</summary>
    public static Option<UInt256?> Usdc(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "USD",
        CustomParser = result =>
        {
            var text = result.Tokens.Single().Value;
            if (DecimalAmount.TryParse(text, UsdcDecimals, out var amount))
                return amount;
            result.AddError($"{name}: '{text}' is not an amount like 0.25, with at most {UsdcDecimals} digits behind the point");
            return null;
        },
    };
}
