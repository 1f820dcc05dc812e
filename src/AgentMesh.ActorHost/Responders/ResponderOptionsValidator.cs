using AgentMesh.ServiceDefaults.Secrets;
using Microsoft.Extensions.Options;

namespace AgentMesh.ActorHost.Responders;

/// <summary>Says at start what is missing, by the name of the environment variable.</summary>
internal sealed class ResponderOptionsValidator(IHostEnvironment environment, OwnChatClient? own = null) : IValidateOptions<ResponderOptions>
{
    private const string Prefix = "AgentMesh__Responder__";

    public ValidateOptionsResult Validate(string? name, ResponderOptions options) =>
        WhyNot(options) is { } reason ? ValidateOptionsResult.Fail(reason) : ValidateOptionsResult.Success;

    /// <summary>The variable of one setting.</summary>
    internal static string Variable(string setting) => Prefix + setting;

    private string? WhyNot(ResponderOptions options) =>
        options.Provider == ResponderProviders.Echo ? null
        : options.Provider == ResponderProviders.Custom && own is not null ? WhyNotPrices(options)
        : WhyNotProvider(options) ?? WhyNotKey(options) ?? WhyNotPrices(options);

    private static string? WhyNotProvider(ResponderOptions options)
    {
        if (options.Provider is not (ResponderProviders.OpenAI or ResponderProviders.Anthropic))
            return $"{Variable("Provider")} is '{options.Provider}'; it is echo, openai or anthropic.";
        if (string.IsNullOrWhiteSpace(options.Model))
            return $"{Variable("Model")} is missing: provider {options.Provider} needs the name of a model.";
        if (string.IsNullOrWhiteSpace(options.Endpoint))
            return null;
        return Uri.TryCreate(options.Endpoint.Trim(), UriKind.Absolute, out var endpoint) && endpoint.Scheme is "http" or "https"
            && endpoint.UserInfo.Length == 0 && endpoint.Query.Length == 0 && endpoint.Fragment.Length == 0
            ? null
            : $"{Variable("Endpoint")} is not an http or https address without user, query and fragment.";
    }

    private string? WhyNotKey(ResponderOptions options)
    {
        var given = !string.IsNullOrWhiteSpace(options.ApiKey);
        if (given && !environment.IsDevelopment())
            return $"{Variable("ApiKey")} is for Development only: put the key into a Dapr secret store, and STORE/NAME into {Variable("ApiKeySecret")}.";
        if (given && !ModelKey.IsHeaderText(options.ApiKey!))
            return $"{Variable("ApiKey")} is not a key: it has characters that no header can carry.";
        if (!string.IsNullOrWhiteSpace(options.ApiKeySecret))
        {
            if (given)
                return $"{Variable("ApiKey")} and {Variable("ApiKeySecret")} are both set: keep one.";
            return options.ApiKeySecret == ModelKey.NoKey || SecretPlace.TryParse(options.ApiKeySecret, out _)
                ? null
                : $"{Variable("ApiKeySecret")} is not STORE/NAME, STORE/NAME/KEY or none.";
        }

        if (given || (options.Provider == ResponderProviders.OpenAI && ResponderProviders.Endpoint(options).IsLoopback))
            return null;
        var plain = environment.IsDevelopment() ? $"{Variable("ApiKey")} (Development), or " : "";
        return $"The key of provider {options.Provider} is missing: set {plain}{Variable("ApiKeySecret")} to STORE/NAME of a Dapr secret store, "
            + "or to none for a server that wants no key.";
    }

    private static string? WhyNotPrices(ResponderOptions options)
    {
        var models = new HashSet<string>(StringComparer.Ordinal);
        for (var n = 0; n < options.Prices.Count; n++)
        {
            var price = options.Prices[n];
            if (string.IsNullOrWhiteSpace(price.Model) || !models.Add(price.Model))
                return $"{Variable($"Prices__{n}__Model")} is missing, or names a model for the second time.";
            if (!ModelPrice.TryParse(price.Input, price.Output, out _))
                return $"{Variable($"Prices__{n}__Input")} and Output are not USD for a million tokens, as 0.15, of at most 6 decimals and {ModelPrice.MaxUsd} USD.";
        }

        return null;
    }
}
