namespace OrleansEcho.LoadTest.Reports.Html;

/// <summary>How pages look, and the little that moves in them. Neither has an angle bracket or an ampersand in it, so that a page is XML as well.</summary>
internal static class PageStyle
{
    /// <summary>The style sheet. Every text has a contrast of 4.5 or more, in light and dark; colours never say anything alone.</summary>
    public const string Css = """
        :root{color-scheme:light dark;--page:#f7f7f5;--card:#fff;--ink:#1c2024;--soft:#5c626b;--rule:#e3e3df;--faint:#f0f0ed;--good:#17703f;--bad:#b3261e;--warn:#855300;--still:#4d5561;
        --good-bg:#e3f3e9;--bad-bg:#fbe6e4;--warn-bg:#fcf0d9;--still-bg:#eceef1;
        --s0:#2563a8;--s1:#b4541a;--s2:#1b7f6b;--s3:#8a4a9c;--s4:#927012;--s5:#b33a5e;--s6:#4b6b1f;--s7:#55606e;--p50:#93bfe8;--p90:#5a98d4;--p99:#2563a8;--p999:#143f75;--pmax:#b4541a}
        @media (prefers-color-scheme:dark){:root{--page:#15171a;--card:#1c1f23;--ink:#e6e8ea;--soft:#a0a7b0;--rule:#33383f;--faint:#262a2f;--good:#6fd09a;--bad:#ff9b92;--warn:#f0bd62;--still:#b4bcc7;
        --good-bg:#173524;--bad-bg:#43201d;--warn-bg:#3b2c10;--still-bg:#2b3037;
        --s0:#7fb2ee;--s1:#e8955c;--s2:#5cc4ae;--s3:#c591d6;--s4:#d3b24e;--s5:#ee8ba8;--s6:#a3c46a;--s7:#a5b0be;--p50:#3f6f9f;--p90:#6199d2;--p99:#94c0ef;--p999:#d2e5fb;--pmax:#e8955c}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"DejaVu Sans",sans-serif}
        main{max-width:1180px;margin:0 auto;padding:32px 24px 56px}
        h1{font-size:27px;line-height:1.25;font-weight:650;margin:0;overflow-wrap:anywhere;letter-spacing:-.01em}
        .where{font-size:17px;color:var(--soft);overflow-wrap:anywhere}
        h2{font-size:17px;font-weight:650;margin:36px 0 12px}
        h3,figcaption{font-size:14px;font-weight:600;margin:0 0 6px}
        figcaption span{font-weight:400;color:var(--soft)}
        p{margin:6px 0}
        .head{display:flex;flex-wrap:wrap;gap:8px 14px;align-items:center}
        .badge{font-weight:650;font-size:14px;border-radius:999px;padding:3px 13px;white-space:nowrap}
        .passed,.better{color:var(--good);background:var(--good-bg)}.failed,.worse{color:var(--bad);background:var(--bad-bg)}
        .invalid,.noisy{color:var(--warn);background:var(--warn-bg)}.interrupted,.same,.few{color:var(--still);background:var(--still-bg)}
        .meta{color:var(--soft);font-size:13.5px;overflow-wrap:anywhere}
        .remarks{margin:14px 0 0;padding:10px 16px 10px 34px;background:var(--warn-bg);border-radius:8px;overflow-wrap:anywhere}
        .remarks.loud{background:var(--bad-bg);font-weight:600}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(142px,1fr));gap:12px;margin:22px 0 0;padding:0}
        .tile{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:11px 15px 12px}
        .tile dt{color:var(--soft);font-size:13px}.tile dd{margin:0;font-size:22px;font-weight:600;letter-spacing:-.01em;white-space:nowrap}
        .tile dd small{display:block;font-size:12.5px;font-weight:400;color:var(--soft);letter-spacing:0;white-space:normal}
        .tile.off dd{color:var(--bad)}
        .plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,430px),1fr));gap:16px}
        figure,.card{margin:0;background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:14px 16px 10px;min-width:0}
        figure svg{display:block;width:100%;height:auto;margin-top:4px}
        .quiet{color:var(--soft);padding:12px 0 26px}
        .scroll{overflow-x:auto}
        table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
        caption{text-align:left;color:var(--soft);font-size:13px;padding:0 0 6px}
        th,td{text-align:left;padding:5px 14px 5px 0;border-bottom:1px solid var(--rule);vertical-align:middle}
        tr:last-child td,tr:last-child th{border-bottom:0}
        thead th{color:var(--soft);font-weight:500;font-size:13px;white-space:nowrap}
        tbody th{font-weight:500}.n{text-align:right;white-space:nowrap}.n:last-child{padding-right:0}
        td.flag{color:var(--bad);font-weight:600}td.fine{color:var(--good)}.soft{color:var(--soft)}
        .share{display:inline-block;vertical-align:middle;width:84px;height:8px;margin-right:8px;background:var(--faint);border-radius:4px;overflow:hidden}
        td:has(.share){white-space:nowrap}.share i{display:block;height:100%;background:var(--s0)}
        details{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:0 16px;margin:12px 0}
        summary{cursor:pointer;font-weight:600;padding:11px 0}details .scroll{padding-bottom:12px;max-height:560px;overflow:auto}
        footer{margin-top:34px;color:var(--soft);font-size:13px}
        .grid{stroke:var(--rule);stroke-width:1}.faint{stroke:var(--faint)}.axis{stroke:var(--soft);stroke-width:1;opacity:.6}
        .tick{fill:var(--soft);font-size:11px}.label{fill:var(--ink);font-size:11.5px}
        .line,.lead{fill:none;stroke:var(--c);stroke-width:1.9;stroke-linejoin:round;stroke-linecap:round}.lead{stroke-width:1.4;opacity:.8}
        .fill{fill:var(--c);opacity:.13}.bar{fill:var(--c);opacity:.85}.dot{fill:var(--c)}
        .band{fill:transparent}.band:hover{fill:var(--ink);fill-opacity:.08}
        .s0{--c:var(--s0)}.s1{--c:var(--s1)}.s2{--c:var(--s2)}.s3{--c:var(--s3)}.s4{--c:var(--s4)}.s5{--c:var(--s5)}.s6{--c:var(--s6)}.s7{--c:var(--s7)}.many{--c:var(--s7)}.many .line{opacity:.45;stroke-width:1.2}
        .p50{--c:var(--p50)}.p90{--c:var(--p90)}.p99{--c:var(--p99)}.p999{--c:var(--p999)}.pmax{--c:var(--pmax)}.wrong{--c:var(--bad)}.held{--c:var(--good)}.unsure{--c:var(--warn)}
        .intended{--c:var(--soft)}.intended .line{stroke-dasharray:5 4;stroke-width:1.5}
        svg.spark{width:100%;max-width:180px;height:auto;display:block;margin-top:8px}
        #tip{position:absolute;pointer-events:none;visibility:hidden;background:var(--ink);color:var(--page);font-size:12.5px;line-height:1.45;padding:6px 10px;border-radius:6px;white-space:pre;z-index:1}
        @media (max-width:560px){main{padding:20px 14px}h1{font-size:22px}.tile dd{font-size:19px}figure{padding:12px 6px 8px}figcaption{padding:0 8px}
        .quiet{padding-left:8px}.tick{font-size:14.5px}caption{max-width:calc(100vw - 64px)}
        th,td{overflow-wrap:anywhere}.n{white-space:normal}.wide,.wide caption,.wide tbody{display:block}.wide thead{position:absolute;clip-path:inset(50%)}
        .wide tr{display:grid;grid-template-columns:1fr 1fr;gap:2px 22px;padding:8px 0;border-bottom:1px solid var(--rule)}.wide tr:last-child{border-bottom:0}
        .wide th,.wide td{border:0;padding:0}.wide tbody th{grid-column:1/-1;font-weight:600}.wide tbody th:empty{display:none}
        .wide td{display:flex;justify-content:space-between;gap:8px;text-align:right;min-width:0}
        .wide td::before{content:attr(data-of);color:var(--soft);font-weight:400;text-align:left;overflow-wrap:normal}.wide .share{display:none}}
        @media print{:root{--page:#fff;--card:#fff;--ink:#000;--soft:#444;--rule:#ccc;--faint:#eee;--good:#17703f;--bad:#b3261e;--warn:#855300;--still:#4d5561;--good-bg:#fff;--bad-bg:#fff;--warn-bg:#fff;--still-bg:#fff;
        --s0:#2563a8;--s1:#b4541a;--s2:#1b7f6b;--s3:#8a4a9c;--s4:#927012;--s5:#b33a5e;--s6:#4b6b1f;--s7:#55606e;--p50:#93bfe8;--p90:#5a98d4;--p99:#2563a8;--p999:#143f75;--pmax:#b4541a}
        body{font-size:11px}main{max-width:none;padding:0}table{font-size:10.5px}.badge{border:1.5px solid currentColor}.remarks{border:1px solid var(--rule)}.bar,.share i{print-color-adjust:exact}
        figure,.tile,tr,h2{break-inside:avoid}h2{break-after:avoid}details::details-content{content-visibility:visible}details .scroll{max-height:none;overflow:visible}.plots{grid-template-columns:1fr 1fr}}
        """;

    /// <summary>Shows what a part of a plot says when it is pointed at. Without it the tables say the same.</summary>
    public const string Script = """
        (function(){
        var tip=document.getElementById('tip');
        document.addEventListener('pointermove',function(e){
        var text=e.target.getAttribute?e.target.getAttribute('data-tip'):null;
        if(!text){tip.style.visibility='hidden';return;}
        tip.textContent=text;
        var x=e.pageX+14,room=document.documentElement.clientWidth-tip.offsetWidth-8;
        tip.style.left=Math.max(4,Math.min(x,room))+'px';
        tip.style.top=(e.pageY+16)+'px';
        tip.style.visibility='visible';
        });
        })();
        """;
}
