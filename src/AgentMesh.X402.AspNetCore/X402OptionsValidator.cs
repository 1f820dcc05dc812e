using AgentMesh.Evm;
using AgentMesh.X402.Exact.Evm.Facilitator;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using Microsoft.Extensions.Options;

namespace AgentMesh.X402.AspNetCore;

/// <summary>What an app does not start with: each message names the option.</summary>
internal sealed class X402OptionsValidator : IValidateOptions<X402Options>
{
    private const int Day = 86_400;

    public ValidateOptionsResult Validate(string? name, X402Options options)
    {
        string[] wrong = [.. Terms(options).Concat(Times(options)).Concat(Sizes(options)).OfType<string>()];
        return wrong.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private static IEnumerable<string?> Terms(X402Options options)
    {
        yield return EvmAddress.TryParseChecked(options.PayTo, out var payee) && payee != EvmAddress.Zero
            ? null
            : "X402: PayTo is not an address, or its checksum is wrong.";
        yield return options.Tokens.Count is > 0 and <= PaymentOffer.MaxOptions ? null : $"X402: Tokens is 1 to {PaymentOffer.MaxOptions} tokens.";
        yield return options.FacilitatorUrl is { IsAbsoluteUri: true, Scheme: "http" or "https" } ? null : "X402: FacilitatorUrl is not an http or https URL.";
        yield return options.RpcUrl is null or { IsAbsoluteUri: true, Scheme: "http" or "https" } ? null : "X402: RpcUrl is not an http or https URL.";
        yield return Uri.TryCreate(options.PublicUrl, UriKind.Absolute, out var url) && url is { Scheme: "http" or "https", PathAndQuery: "/", Fragment: "" }
            ? null
            : "X402: PublicUrl is scheme and host, such as https://shop.example.org.";
    }

    private static IEnumerable<string?> Times(X402Options options)
    {
        yield return Range(nameof(options.MaxTimeoutSeconds), options.MaxTimeoutSeconds, 10, 3600);
        yield return Range(nameof(options.MaxValiditySeconds), options.MaxValiditySeconds, options.MaxTimeoutSeconds, 30 * Day);
        yield return Range(nameof(options.SettleReserveSeconds), options.SettleReserveSeconds, ExactEvmVerifier.SettlementSeconds, 300);
        yield return Range(nameof(options.VerifyTimeoutSeconds), options.VerifyTimeoutSeconds, 1, 60);
        yield return Range(nameof(options.SettleTimeoutSeconds), options.SettleTimeoutSeconds, 1, 300);
        yield return Range(nameof(options.WaitSeconds), options.WaitSeconds, 0, 300);
        yield return Range(nameof(options.AnswerLifetimeSeconds), options.AnswerLifetimeSeconds, 0, 366 * Day);
    }

    private static IEnumerable<string?> Sizes(X402Options options)
    {
        yield return Range(nameof(options.MaxRequestBytes), options.MaxRequestBytes, 0, Array.MaxLength);
        yield return Range(nameof(options.MaxAnswerBytes), options.MaxAnswerBytes, 1, Array.MaxLength);
        yield return Range(nameof(options.MaxClaims), options.MaxClaims, 1, int.MaxValue);
        yield return Range(nameof(options.MaxStoredAnswerBytes), options.MaxStoredAnswerBytes, 0, long.MaxValue);
    }

    private static string? Range(string name, long value, long least, long most) => value >= least && value <= most ? null : $"X402: {name} is {least} to {most}.";
}
