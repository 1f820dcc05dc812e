using System.Text.Json;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Payments;
using AgentMesh.Evm;
using AgentMesh.ServiceDefaults.Dapr;
using AgentMesh.X402.Networks;

namespace AgentMesh.Gateway.Selling;

/// <summary>Asks the app <c>payments</c> what a wallet has of the token that prices are paid in. Never an error, and never long.</summary>
internal sealed partial class BalanceClient : IDisposable
{
    /// <summary>Longer than the app waits for its node.</summary>
    internal static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <summary>For which nobody is asked where no node is configured: settings change with a restart.</summary>
    internal static readonly TimeSpan PauseOfNone = TimeSpan.FromSeconds(60);

    /// <summary>For which an app that was not reached is left alone: not everybody waits for it.</summary>
    internal static readonly TimeSpan PauseOfFault = TimeSpan.FromSeconds(5);

    private static readonly Balance Unreached = new(null, BalanceReasons.PaymentsUnreachable);

    private readonly HttpClient _http;
    private readonly SellingOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private volatile Pause? _pause;

    public BalanceClient(SidecarOptions sidecar, SellingOptions options, TimeProvider time, ILogger<BalanceClient> logger)
    {
        // The clock below keeps the time, to the end of the answer.
        _http = sidecar.CreateClient(System.Threading.Timeout.InfiniteTimeSpan);
        (_options, _time, _logger) = (options, time, logger);
    }

    /// <summary>The token that is asked for.</summary>
    public TokenAsset Token => _options.Token!;

    /// <summary>Reads it.</summary>
    /// <param name="wallet">The address; null: there is none.</param>
    /// <param name="cancellationToken">Ends with the caller.</param>
    /// <returns>Null when there is nothing to be known: no wallet, or no node.</returns>
    public async Task<Balance?> ReadAsync(string? wallet, CancellationToken cancellationToken)
    {
        if (wallet is null)
            return null;
        if (_pause is not { } pause || _time.GetElapsedTime(pause.Since) >= pause.Length)
        {
            var balance = await AskAsync(wallet, cancellationToken);
            var length = balance.Reason switch
            {
                BalanceReasons.NotConfigured => PauseOfNone,
                BalanceReasons.PaymentsUnreachable => PauseOfFault,
                _ => TimeSpan.Zero,
            };
            _pause = length == TimeSpan.Zero ? null : new Pause(balance, _time.GetTimestamp(), length);
            return Shown(balance);
        }

        return Shown(pause.Answer);
    }

    public void Dispose() => _http.Dispose();

    private static Balance? Shown(Balance balance) => balance.Reason == BalanceReasons.NotConfigured ? null : balance;

    private async Task<Balance> AskAsync(string wallet, CancellationToken cancellationToken)
    {
        using var clock = new CancellationTokenSource(Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);
        var path = $"v1.0/invoke/payments/method/balances?network={Uri.EscapeDataString(Token.Network.ToString())}&asset={Token.Address}&owner={Uri.EscapeDataString(wallet)}";
        try
        {
            using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative), either.Token);
            if (answer.IsSuccessStatusCode
                && await answer.Content.ReadFromJsonAsync(ContractsJson.Default.Balance, either.Token) is { } balance
                && (balance.Reason is not null || UInt256.TryParse(balance.AmountAtomic, out _)))
            {
                return balance;
            }

            LogRefused((int)answer.StatusCode);
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException
            || fault is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            LogUnreached(fault);
        }

        return Unreached;
    }

    [LoggerMessage(62, LogLevel.Warning, "The app payments was not reached for a balance")]
    private partial void LogUnreached(Exception exception);

    [LoggerMessage(63, LogLevel.Warning, "The app payments answered {Status} to a question for a balance")]
    private partial void LogRefused(int status);

    private sealed record Pause(Balance Answer, long Since, TimeSpan Length);
}
