using AgentMesh.ServiceDefaults.Secrets;


namespace AgentMesh.ActorHost.Wallets.Crossmint;

/// <summary>Section <c>AgentMesh:Wallets:Crossmint</c>: for <c>AgentMesh__Wallets__Provider=crossmint</c>.</summary>
internal sealed class CrossmintOptions
{
    /// <summary>
    /// Where the server-side API key is: <c>STORE/NAME</c> or <c>STORE/NAME/KEY</c> of a Dapr secret store. It needs the scopes <c>wallets.create</c>,
    /// <c>wallets:signatures.create</c> and <c>wallets:signatures.read</c>. Default: none.
    /// </summary>
    public string? ApiKeySecret { get; set; }

    /// <summary>The API, without the version. Default the staging one, which is for test networks; <c>https://www.crossmint.com/api</c> is for the others.</summary>
    public Uri BaseUrl { get; set; } = new("https://staging.crossmint.com/api");

    /// <summary>Why the settings cannot work, in a sentence; null: they can.</summary>
    internal string? WhyNot => !SecretPlace.TryParse(ApiKeySecret, out _)
        ? $"{WalletOptions.Variable("Crossmint__" + nameof(ApiKeySecret))} is STORE/NAME or STORE/NAME/KEY of a Dapr secret store that has the API key."
        : !BaseUrl.IsAbsoluteUri || BaseUrl.Scheme != Uri.UriSchemeHttps && !BaseUrl.IsLoopback || BaseUrl.Query.Length > 0
            ? $"{WalletOptions.Variable("Crossmint__" + nameof(BaseUrl))} is https://host/path."
            : null;
}
